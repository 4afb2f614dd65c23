"""Handing over a batch of entries, in any format of the journal."""

from functools import partial

from rich.progress import Progress

from services.accounting import queries
from services.accounting.commands.unknown_caf import fail_without_books
from services.accounting.exports.journal import Journal, JournalFormat, header_of
from services.accounting.service import SERVICE
from shared.console.terminal import Code, fail
from shared.exports.delivery import ExportOptions, deliver_batch
from shared.exports.pipeline import ExportRequest
from shared.kernel.read_port import Reads


def export_journal(form: JournalFormat, caf: str, exercise: int, options: ExportOptions) -> None:
    """Hand over a batch of entries in a format."""
    deliver_batch(queries.opened, partial(_request, form, caf, exercise), options)


async def _request(
    form: JournalFormat, caf: str, exercise: int, reads: Reads, bar: Progress
) -> ExportRequest:
    header = await header_of(reads, caf, exercise, SERVICE.parameters)
    if form.requires_closed_exercise and not header.closed:
        if await queries.books(reads, caf) is None:
            await fail_without_books(reads, caf)
        fail(
            f"exercise {exercise} of Caf {caf} is not closed: `clas close` comes first", Code.WRONG
        )
    if header.closing and not header.closed:
        fail(f"exercise {exercise} of Caf {caf} is being closed: ask again after it", Code.WRONG)
    total = await queries.count_entries(reads, caf, exercise)
    task = bar.add_task(f"{form.name} {caf} {exercise}", total=total)
    return Journal(reads, header, form, total, partial(bar.advance, task)).request
