"""`clas export fec`: the FEC of a closed exercise, validated before the batch is stored."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.accounting.domain.entries import Entry
from services.accounting.exports.fec_report import finding_line
from services.accounting.exports.formats import fec as layout
from services.accounting.exports.formats.base import ExportHeader, WriterFactory
from services.accounting.exports.formats.fec_description import fec_description
from services.accounting.exports.journal import JournalFormat
from services.accounting.exports.journal_command import export_journal
from shared.exports.delivery import ExportOptions
from shared.exports.error_list import UnrepresentableContentError
from shared.exports.options import HERE, Caf, Exercise, Number, TakeOver, To, a_siren
from shared.fec_validator import COLUMNS, Encoding, Report, Separator, fec_name, validate


class FieldSeparator(StrEnum):
    """The separator of fields."""

    TAB = "tab"
    PIPE = "pipe"


class FileEncoding(StrEnum):
    """The encoding of the file."""

    UTF_8 = "utf-8"
    ISO_8859_15 = "iso-8859-15"


SEPARATORS: dict[FieldSeparator, Separator] = {FieldSeparator.TAB: "\t", FieldSeparator.PIPE: "|"}
ENCODINGS: dict[FileEncoding, Encoding] = {
    FileEncoding.UTF_8: "utf-8",
    FileEncoding.ISO_8859_15: "iso8859-15",
}


def fec(  # noqa: PLR0913 - the options of the command
    caf: Caf,
    exercise: Exercise,
    siren: Annotated[str, typer.Option(parser=a_siren, metavar="SIREN", help="SIREN of the Caf.")],
    *,
    separator: Annotated[
        FieldSeparator, typer.Option(help="Separator of fields.")
    ] = FieldSeparator.TAB,
    encoding: Annotated[
        FileEncoding, typer.Option(help="Encoding of the file.")
    ] = FileEncoding.UTF_8,
    to: To = HERE,
    batch: Number = None,
    take_over: TakeOver = False,
) -> None:
    """Write the FEC of a closed exercise, with the description that the law requires.

    The file is validated against every rule of docs/fec.md before the batch is stored.
    """
    form = fec_journal_form(siren, exercise, separator, encoding)
    export_journal(form, caf, exercise, ExportOptions(to, batch, take_over))


def fec_journal_form(
    siren: str, exercise: int, separator: FieldSeparator, encoding: FileEncoding
) -> JournalFormat:
    """Return the format; each separator and encoding has its own series of batches."""
    separator_character, codec = SEPARATORS[separator], ENCODINGS[encoding]
    name = fec_name(siren, exercise)
    description = f"{Path(name).stem}-description.txt"
    return JournalFormat(
        name=f"fec-{separator}-{encoding}",
        writer=with_validation(layout.fec_format(siren, separator_character, codec)),
        file=name,
        requires_closed_exercise=True,
        content=siren,
        companions={description: fec_description(separator_character, codec)},
    )


def with_validation(open_writer: Callable[[Path, ExportHeader], layout.FecWriter]) -> WriterFactory:
    """Return the format with a validation at the end: a file with errors is never stored."""

    def open_validated(path: Path, head: ExportHeader) -> _ValidatedWriter:
        return _ValidatedWriter(path, open_writer(path, head))

    return open_validated


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
            raise UnrepresentableContentError(dict.fromkeys(_reasons(self._path, report)))


def _reasons(path: Path, report: Report) -> Iterator[str]:
    """Yield the errors.

    Name a line by entry and piece: the file is not delivered, so a line number would not help.
    """
    lines = {finding.line for finding in report.errors}
    with path.open("rb") as file:
        rows = {number: row for number, row in enumerate(file, 1) if number in lines}
    for finding in report.errors:
        reason = finding_line(replace(finding, line=None))
        if finding.line and finding.line > 1:
            fields = re.split(rb"[\t|]", rows[finding.line])
            entry, piece = (fields[COLUMNS.index(name)] for name in ("EcritureNum", "PieceRef"))
            reason = f"écriture {_text(entry)}, pièce {_text(piece)} : {reason}"
        yield reason


def _text(field: bytes) -> str:
    return field.decode("utf-8", "replace")
