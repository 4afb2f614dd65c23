"""Report of the dossiers that wait, from the deposit to the accounts."""

from collections.abc import Iterable, Iterator
from datetime import date

from services.funding.right import Right
from services.funding.rights import Rights
from services.funding.rights_on_day import RightsOnDay
from shared.console.tables import Cell, Sheet
from shared.kernel.calendar import first_day, school_year, start_year

Row = tuple[Cell, ...]
COLUMNS = ("Dossier", "Gestionnaire", "Année scolaire", "Attend", "Depuis", "Précision")
RULES = {"PRX-07": "le barème de l'année", "ENV-03": "des crédits dans l'enveloppe"}


def waiting(of_day: RightsOnDay, pending: Iterable[Row], caf: str, on: date) -> Sheet:
    """Return one row per dossier and missing item, on a day.

    `pending` are the rows of the dossiers before their agrement.
    """
    rights, rows = of_day.rights, [*pending]
    for right in rights.in_order():
        rows += [_right_row(rights, right, *awaited) for awaited in _awaited(of_day, right, on)]
    rows += [_renewal_row(rights, *renewal) for renewal in _missing_renewals(rights, on)]
    return Sheet(
        title=f"Dossiers en attente de la Caf {caf}, au {on:%d/%m/%Y}",
        columns=COLUMNS,
        rows=tuple(sorted(rows, key=_sort_key)),
        count=len(rows),
    )


def _awaited(of_day: RightsOnDay, right: Right, on: date) -> Iterator[tuple[str, date | None, str]]:
    """Yield what a right waits for, since when, with a detail.

    Credits, bareme and convention are waited for since the decision, accounts since the first day
    on which they are definitive, new ones since those that were refused.
    """
    rights = of_day.rights
    agrement = rights.agrements.get(right.dossier_id)
    decided_on = agrement.decided_on if agrement else None
    if right.deferred:
        reasons = right.deferred.reasons
        for rule in right.deferral_rules:
            messages = " ".join(reason.message for reason in reasons if reason.rule == rule)
            yield RULES.get(rule, "une décision"), decided_on, f"[{rule}] {messages}"
        return
    if not right.running_grant or right.settled:
        return
    if right.dossier_id not in rights.conventions:
        yield "la convention signée", decided_on, "[CNV-01] aucun acompte ni solde sans elle"
    if right.balance_refusal:
        messages = " ; ".join(
            f"[{reason.rule}] {reason.message}" for reason in right.balance_refusal.reasons
        )
        refused_on = of_day.refused_on.get(right.key)
        yield "de nouveaux comptes", refused_on, f"comptes refusés : {messages}"
    elif on >= (opening := of_day.opening_of_accounts(right)):
        finished = "[SOL-01] l'action de l'année scolaire est finie"
        yield "les comptes et le bilan définitifs", opening, finished


def _missing_renewals(rights: Rights, on: date) -> Iterator[tuple[str, str]]:
    """Yield dossier id and school year of each renewal that is due and was not filed [PLU-03]."""
    for dossier_id, agrement in sorted(rights.agrements.items()):
        until = rights.covered_until[dossier_id]
        first, last = start_year(agrement.school_year), start_year(until) if until else 0
        for year in map(school_year, range(first + 1, last + 1)):
            if first_day(year) <= on and (dossier_id, year) not in rights.by_key:
                yield dossier_id, year


def _right_row(rights: Rights, right: Right, awaits: str, since: date | None, detail: str) -> Row:
    payee = rights.payee(right)
    name = payee.name if payee else ""
    return (right.dossier_id, name, right.school_year, awaits, since, detail)


def _renewal_row(rights: Rights, dossier_id: str, year: str) -> Row:
    detail = "[PLU-03] agrément pluriannuel : bilan de l'année passée et budget de la nouvelle"
    name = rights.agrements[dossier_id].gestionnaire.name
    return (dossier_id, name, year, "le renouvellement annuel", first_day(year), detail)


def _sort_key(row: Row) -> tuple[str, ...]:
    return (str(row[2]), str(row[0]), str(row[3]))
