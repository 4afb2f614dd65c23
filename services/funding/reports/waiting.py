"""Report of the dossiers that wait, from the deposit to the accounts."""

from collections.abc import Iterable, Iterator
from datetime import date

from services.funding.right import Right
from services.funding.rights import Rights
from shared.console.tables import Cell, Sheet
from shared.kernel.calendar import school_year, start_year

Row = tuple[Cell, ...]
COLUMNS = ("Dossier", "Gestionnaire", "Année scolaire", "Attend", "Depuis", "Précision")
RULES = {"PRX-07": "le barème de l'année", "ENV-03": "des crédits dans l'enveloppe"}
LAST_MONTH = 6  # A school year ends with June.
SEPTEMBER = 9


def waiting(rights: Rights, pending: Iterable[Row], caf: str, on: date) -> Sheet:
    """Return one row per dossier and missing item, on a day.

    `pending` are the rows of the dossiers before their agrement.
    """
    rows = [*pending]
    for right in rights.in_order():
        rows += [_right_row(rights, right, *awaited) for awaited in _awaited(rights, right, on)]
    rows += [_renewal_row(rights, *renewal) for renewal in _missing_renewals(rights, on)]
    return Sheet(
        title=f"Dossiers en attente de la Caf {caf}, au {on:%d/%m/%Y}",
        columns=COLUMNS,
        rows=tuple(sorted(rows, key=_sort_key)),
        count=len(rows),
    )


def _awaited(rights: Rights, right: Right, on: date) -> Iterator[tuple[str, date | None, str]]:
    """Yield what a right waits for, since when, with a detail.

    Credits, bareme and convention are waited for since the decision, accounts since the last day of
    June.
    """
    agrement = rights.agrements.get(right.dossier_id)
    decided_on = agrement.decided_on if agrement else None
    end_of_year = date(start_year(right.school_year) + 1, LAST_MONTH, 30)
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
        yield "de nouveaux comptes", end_of_year, f"comptes refusés : {messages}"
    elif on > end_of_year:
        yield (
            *("les comptes et le bilan définitifs", end_of_year),
            "[SOL-01] l'année scolaire est finie",
        )


def _missing_renewals(rights: Rights, on: date) -> Iterator[tuple[str, str]]:
    """Yield dossier id and school year of each renewal that is due and was not filed [PLU-03]."""
    current = on.year if on.month >= SEPTEMBER else on.year - 1
    for dossier_id, agrement in sorted(rights.agrements.items()):
        until = rights.covered_until[dossier_id]
        first, last = start_year(agrement.school_year), start_year(until) if until else 0
        for year in range(first + 1, min(last, current) + 1):
            if (dossier_id, school_year(year)) not in rights.by_key:
                yield dossier_id, school_year(year)


def _right_row(rights: Rights, right: Right, awaits: str, since: date | None, detail: str) -> Row:
    payee = rights.payee(right)
    name = payee.name if payee else ""
    return (right.dossier_id, name, right.school_year, awaits, since, detail)


def _renewal_row(rights: Rights, dossier_id: str, year: str) -> Row:
    detail = "[PLU-03] agrément pluriannuel : bilan de l'année passée et budget de la nouvelle"
    name = rights.agrements[dossier_id].gestionnaire.name
    since = date(start_year(year), SEPTEMBER, 1)
    return (dossier_id, name, year, "le renouvellement annuel", since, detail)


def _sort_key(row: Row) -> tuple[str, ...]:
    return (str(row[2]), str(row[0]), str(row[3]))
