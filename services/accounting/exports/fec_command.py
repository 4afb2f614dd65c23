"""`clas export fec`: the FEC of a closed exercise, checked before it is frozen as a batch."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.accounting.domain.entries import Entry
from services.accounting.exports.fec_report import in_one_line
from services.accounting.exports.formats import fec as layout
from services.accounting.exports.formats.base import ExportHeader, WriterFactory
from services.accounting.exports.formats.fec_description import fec_description
from services.accounting.exports.journal import JournalForm
from services.accounting.exports.journal_command import export_journal
from shared.exports.delivery import ExportOptions
from shared.exports.error_list import UnrepresentableContentError
from shared.exports.options import HERE, Caf, Exercise, Number, TakeOver, To, a_siren
from shared.fec_validator import Encoding, Separator, fec_name, validate


class Between(StrEnum):
    """What stands between fields."""

    TAB = "tab"
    PIPE = "pipe"


class Signs(StrEnum):
    """In what encoding."""

    UTF_8 = "utf-8"
    ISO_8859_15 = "iso-8859-15"


SEPARATORS: dict[Between, Separator] = {Between.TAB: "\t", Between.PIPE: "|"}
ENCODINGS: dict[Signs, Encoding] = {Signs.UTF_8: "utf-8", Signs.ISO_8859_15: "iso8859-15"}


def fec(  # noqa: PLR0913 - a file in several forms
    caf: Caf,
    exercise: Exercise,
    siren: Annotated[str, typer.Option(parser=a_siren, metavar="SIREN", help="The Caf's own.")],
    *,
    separator: Annotated[Between, typer.Option(help="Between fields.")] = Between.TAB,
    encoding: Annotated[Signs, typer.Option(help="Of the file.")] = Signs.UTF_8,
    to: To = HERE,
    batch: Number = None,
    take_over: TakeOver = False,
) -> None:
    """Write the FEC of a closed exercise, with the description that the law wants beside it.

    It is checked by every rule of docs/fec.md before it is frozen.
    """
    form = form_of(siren, exercise, separator, encoding)
    export_journal(form, caf, exercise, ExportOptions(to, batch, take_over))


def form_of(siren: str, exercise: int, separator: Between, encoding: Signs) -> JournalForm:
    """Return the format; each way of writing has its own series of batches."""
    between, signs = SEPARATORS[separator], ENCODINGS[encoding]
    name = fec_name(siren, exercise)
    described = f"{Path(name).stem}-description.txt"
    return JournalForm(
        name=f"fec-{separator}-{encoding}",
        opening=with_validation(layout.fec(siren, between, signs)),
        file=name,
        requires_closed_exercise=True,
        content=siren,
        companions={described: fec_description(between, signs)},
    )


def with_validation(opening: Callable[[Path, ExportHeader], layout.FecWriter]) -> WriterFactory:
    """Return the format with its own check at the end: what is refused is never given out."""

    def opened(path: Path, head: ExportHeader) -> _ValidatedWriter:
        return _ValidatedWriter(path, opening(path, head))

    return opened


class _ValidatedWriter:
    def __init__(self, path: Path, writer: layout.FecWriter) -> None:
        self._path, self._writer = path, writer

    @property
    def notes(self) -> tuple[str, ...]:
        return self._writer.notes

    def add(self, entry: Entry) -> None:
        self._writer.add(entry)

    def close(self) -> None:
        self._writer.close()
        report = validate(self._path)
        if not report.accepted:
            raise UnrepresentableContentError(map(in_one_line, report.errors))
