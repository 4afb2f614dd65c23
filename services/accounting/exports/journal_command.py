"""Handing over a batch of entries, in any format of the journal."""

from functools import partial

from rich.progress import Progress

from services.accounting.commands.unknown_caf import fail_without_books
from services.accounting.domain.books import Books
from services.accounting.exports.journal import Journal, JournalForm, counted_entries, head_of
from services.accounting.service import SERVICE
from shared.console.terminal import Code, fail
from shared.exports.delivery import ExportOptions, deliver_batch
from shared.exports.pipeline import ExportRequest
from shared.mongodb.read_api import ReadApi


def export_journal(form: JournalForm, caf: str, exercise: int, asked: ExportOptions) -> None:
    """Hand over a batch of entries in a format."""
    deliver_batch(partial(_ordered, form, caf, exercise), asked)


async def _ordered(
    form: JournalForm, caf: str, exercise: int, kept: ReadApi, bar: Progress
) -> ExportRequest:
    head = await head_of(kept, caf, exercise, SERVICE.parameters)
    if form.requires_closed_exercise and not head.closed:
        if await kept.state("accounting", Books, caf) is None:
            await fail_without_books(kept, caf)
        fail(
            f"exercise {exercise} of Caf {caf} is not closed: `clas close` comes first", Code.WRONG
        )
    if head.closing and not head.closed:
        fail(f"exercise {exercise} of Caf {caf} is being closed: ask again after it", Code.WRONG)
    total = await counted_entries(kept, caf, exercise)
    task = bar.add_task(f"{form.name} {caf} {exercise}", total=total)
    return Journal(kept, head, form, total, partial(bar.advance, task)).order
