"""`clas export csv` and its like: one command for each format of the journal."""

from collections.abc import Callable

from services.accounting.exports.formats.registry import FORMATS, ExportFormat
from services.accounting.exports.journal_command import export_journal
from shared.exports.delivery import ExportOptions
from shared.exports.options import HERE, Caf, Exercise, Number, TakeOver, To


def _command(offer: ExportFormat) -> Callable[..., None]:
    """Return the command of a format, with its help as the docstring."""

    def command(
        caf: Caf,
        exercise: Exercise,
        *,
        to: To = HERE,
        batch: Number = None,
        take_over: TakeOver = False,
    ) -> None:
        form = offer.journal_format(caf, exercise)
        export_journal(form, caf, exercise, ExportOptions(to, batch, take_over))

    command.__doc__ = offer.help
    return command


_BY_NAME = {row.name: row for row in FORMATS}
events = _command(_BY_NAME["events"])
validated = _command(_BY_NAME["validated"])
csv = _command(_BY_NAME["csv"])
csv_excel = _command(_BY_NAME["csv-excel"])
parquet = _command(_BY_NAME["parquet"])
xlsx = _command(_BY_NAME["xlsx"])
