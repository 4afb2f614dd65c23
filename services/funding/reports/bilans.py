"""Interim reports and definitive accounts: due, received, late or missing [REP-01, REP-02]."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.funding.right import Right
from services.funding.rights import Rights
from shared.console.tables import Cell, Sheet
from shared.contracts.types import Text
from shared.kernel.calendar import start_year
from shared.kernel.effective_dated import ByStartYear
from shared.kernel.parameters import load

MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
COLUMNS = ("Dossier", "Gestionnaire", "SIRET", "Pièce", "Échéance", "Reçu le", "État")


class BilanDays(BaseModel):
    """The days of the school year's second year by which a gestionnaire reports."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    interim: MonthDay
    final: MonthDay
    source: Text


DAYS: ByStartYear[BilanDays] = load("services.funding", "parameters/bilans", BilanDays)


def final_day(start_year: int) -> date:
    """Return the day by which the definitive accounts of a school year are due.

    Raises:
        UnknownYearError: no due days are known for a year that early.
    """
    return _day(start_year + 1, DAYS.in_force_on(start_year).final)


def bilans(rights: Rights, interim: dict[str, date], caf: str, school_year: str, on: date) -> Sheet:
    """Return two rows per running grant: its interim report, its accounts and final bilan.

    `interim` is the earliest day of each SIRET's interim report.

    Raises:
        UnknownYearError: no due days are known for a year that early.
    """
    days = DAYS.in_force_on(start_year(school_year))
    year = start_year(school_year) + 1
    due = (_day(year, days.interim), _day(year, days.final))
    rows = [
        row
        for right in rights.of_year(school_year)
        if right.running_grant
        for row in _rows(right, interim.get(right.running_grant.gestionnaire.siret), due, on)
    ]
    return Sheet(
        title=f"Bilans de l'année scolaire {school_year}, Caf {caf}, au {on:%d/%m/%Y}",
        columns=COLUMNS,
        rows=tuple(rows),
        notes=(_counts(rows),) if rows else (),
    )


def _rows(
    right: Right, interim: date | None, due: tuple[date, date], on: date
) -> tuple[tuple[Cell, ...], ...]:
    assert right.running_grant
    payee = right.running_grant.gestionnaire
    head = (right.dossier_id, payee.name, payee.siret)
    settled = right.settled.settled_on if right.settled else None
    reasons = right.balance_refusal.reasons if right.balance_refusal else ()
    refused = f" ; refusés ({', '.join(r.rule for r in reasons)})" if reasons else ""
    return (
        (*head, "bilan intermédiaire", due[0], interim, _state(interim, due[0], on)),
        (
            *(*head, "comptes et bilan définitifs", due[1], settled),
            _state(settled, due[1], on) + refused,
        ),
    )


def _state(received: date | None, due: date, on: date) -> str:
    if received and received <= on:
        return "reçu" if received <= due else "reçu en retard"
    return "attendu" if on <= due else "manquant"


def _counts(rows: Iterable[tuple[Cell, ...]]) -> str:
    states = [str(row[-1]) for row in rows]
    kinds = ("reçu", "reçu en retard", "attendu", "manquant")
    counts = {kind: sum(state.partition(" ;")[0] == kind for state in states) for kind in kinds}
    return ", ".join(f"{kind} : {count}" for kind, count in counts.items())


def _day(year: int, month_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_day}")
