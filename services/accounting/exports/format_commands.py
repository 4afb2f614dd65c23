"""`clas export csv` and its like: one command for each format of the journal."""

from collections.abc import Callable

from services.accounting.exports.formats.registry import OFFERS, ExportFormat
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
        form = offer.journal_form(caf, exercise)
        export_journal(form, caf, exercise, ExportOptions(to, batch, take_over))

    command.__doc__ = offer.help
    return command


events, validated, csv, csv_excel, parquet, xlsx = map(_command, OFFERS)
