"""The bonus workbook: one row per project, and totals per Caf."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from services.funding.exports.bonus import Project
from shared.exports.error_list import UnrepresentableContentError
from shared.exports.xlsx_cells import AMOUNT_MAX, ROWS_MAX, Cell, Formula
from shared.exports.xlsx_table import FIRST_ROW, Book, Column, Heading, Table, open_book
from shared.french import counted
from shared.kernel.calendar import start_year
from shared.kernel.money import ZERO

AMOUNTS = (
    Column("Bonus enfants accordé", "amount"),
    Column("Bonus enfants versé", "amount"),
    Column("Bonus parents accordé", "amount"),
    Column("Bonus parents versé", "amount"),
)
COLLECTIFS = Column("Collectifs", "count")
PROJECTS = (
    *(Column("Caf"), Column("Gestionnaire"), Column("SIRET"), Column("Dossier")),
    *(Column("Projet"), Column("Situation"), COLLECTIFS, *AMOUNTS),
)
BY_CAF = (Column("Caf"), Column("Projets", "count"), COLLECTIFS, *AMOUNTS)
SUMMED = (COLLECTIFS, *AMOUNTS)
NOTES = (
    "Accordé : ce que la dernière décision de financement accorde, après le plafond de 80 %.",
    "Versé : le bonus du solde, tel que les contrôles l’ont changé ; 0,00 avant le solde.",
    "Un droit annulé ne compte plus. Le paiement lui-même se fait dans Sias.",
)


@dataclass(frozen=True, slots=True)
class BonusHeader:
    """The scope of a bonus workbook; `caf` is None for all of them."""

    school_year: str
    caf: str | None
    number: int


def write_bonuses(path: Path, rows: Sequence[Project], head: BonusHeader) -> None:
    """Write the workbook; the same rows give the same bytes.

    Raises:
        UnrepresentableContentError: too many projects for a sheet, or amounts too great.
        OSError: it cannot be written.
    """
    fits = FIRST_ROW + len(rows) + 2 + len(NOTES) <= ROWS_MAX
    if not (fits and max(_sums(rows)) <= AMOUNT_MAX):
        raise UnrepresentableContentError(
            [f"{len(rows)} projets : trop pour un classeur. Exporter Caf par Caf."]
        )
    folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        with open_book(path, folder, _heading(rows, head), start_year(head.school_year)) as book:
            projects = _add_projects(book, rows)
            _add_totals(book, rows, projects)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _add_projects(book: Book, rows: Sequence[Project]) -> Table:
    table = Table(book, "Bonus", PROJECTS)
    for row in rows:
        identity = (row.caf, row.gestionnaire, row.siret, row.dossier_id, row.title, row.situation)
        table.add(*identity, *_amounts(row))
    table.filter()
    sums: dict[str, Cell] = {
        column.title: Formula(f"SUBTOTAL(109,{table.span(column.title, FIRST_ROW)})", value)
        for column, value in zip(SUMMED, _sums(rows), strict=True)
    }
    table.total({"Projet": "Total des lignes affichées", **sums})
    table.next += 1
    for note in NOTES:
        table.add_note(note)
    table.finish()
    return table


def _add_totals(book: Book, rows: Sequence[Project], projects: Table) -> None:
    table = Table(book, "Totaux par Caf", BY_CAF)
    for caf in sorted({row.caf for row in rows}):
        caf_rows = [row for row in rows if row.caf == caf]
        condition = f"{projects.lines('Caf')},{table.cell('Caf')}"
        count = Formula(f"COUNTIFS({condition})", Decimal(len(caf_rows)))
        sums = (
            Formula(f"SUMIFS({projects.lines(column.title)},{condition})", value)
            for column, value in zip(SUMMED, _sums(caf_rows), strict=True)
        )
        table.add(caf, count, *sums)
    table.filter()
    values = (Decimal(len(rows)), *_sums(rows))
    table.total({"Caf": "Total", **_total_cells(table, values)})
    table.finish()


def _total_cells(table: Table, values: Sequence[Decimal]) -> Mapping[str, Cell]:
    return {
        column.title: Formula(f"SUM({table.span(column.title, FIRST_ROW)})", value)
        for column, value in zip(BY_CAF[1:], values, strict=True)
    }


def _amounts(row: Project) -> tuple[int, Decimal, Decimal, Decimal, Decimal]:
    granted, paid = row.granted, row.paid
    return (row.collectifs, granted.enfants, paid.enfants, granted.parents, paid.parents)


def _sums(rows: Sequence[Project]) -> tuple[Decimal, ...]:
    columns = zip(*map(_amounts, rows), strict=True) if rows else [()] * len(SUMMED)
    return tuple(sum(map(Decimal, column), start=ZERO) for column in columns)


def _heading(rows: Sequence[Project], head: BonusHeader) -> Heading:
    scope = f"Caf {head.caf}" if head.caf else "toutes les Caf"
    subject = f"Clas, année scolaire {head.school_year}, {scope}"
    batch = f"Lot n° {head.number}"
    cafs = counted(len({row.caf for row in rows}), "Caf", "Caf")
    return Heading(subject, f"{batch} : {counted(len(rows), 'projet')}, {cafs}.", batch)
