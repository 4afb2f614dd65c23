"""Handing over a batch of entries, in any format of the journal."""

from functools import partial

from rich.progress import Progress

from services.accounting.commands.unknown_caf import no_books
from services.accounting.domain.books import Books
from services.accounting.exports.journal import Form, Journal, counted_entries, head_of
from services.accounting.service import SERVICE
from shared.console.terminal import Code, fail
from shared.exports.delivery import Asked, give
from shared.exports.pipeline import Order
from shared.mongodb.read_api import Archive


def give_journal(form: Form, caf: str, exercise: int, asked: Asked) -> None:
    """Hand over a batch of entries in a format."""
    give(partial(_ordered, form, caf, exercise), asked)


async def _ordered(form: Form, caf: str, exercise: int, kept: Archive, bar: Progress) -> Order:
    head = await head_of(kept, caf, exercise, SERVICE.parameters)
    if form.closed_only and not head.closed:
        if await kept.state("accounting", Books, caf) is None:
            await no_books(kept, caf)
        fail(
            f"exercise {exercise} of Caf {caf} is not closed: `clas close` comes first", Code.WRONG
        )
    if head.closing and not head.closed:
        fail(f"exercise {exercise} of Caf {caf} is being closed: ask again after it", Code.WRONG)
    total = await counted_entries(kept, caf, exercise)
    task = bar.add_task(f"{form.name} {caf} {exercise}", total=total)
    return Journal(kept, head, form, total, partial(bar.advance, task)).order
