"""The dossiers that wait, and for what: from the deposit to the accounts."""

from collections.abc import Iterator
from datetime import date

from services.funding.reports.pending_dossiers import PendingDossier
from services.funding.rights import Right, Rights
from shared.console.tables import Cell, Sheet
from shared.kernel.calendar import school_year, start_year

COLUMNS = ("Dossier", "Gestionnaire", "Année scolaire", "Attend", "Précision")
RULES = {"PRX-07": "le barème de l'année", "ENV-03": "des crédits dans l'enveloppe"}
LAST_MONTH = 6  # A school year ends with June.
SEPTEMBER = 9


def waiting(lives: Rights, pending: dict[str, PendingDossier], caf: str, on: date) -> Sheet:
    """Return one row per dossier and thing that it waits for, on a day.

    `pending` is what submission and eligibility wait for, by dossier.
    """
    rows = [_row(dossier_id, one) for dossier_id, one in sorted(pending.items())]
    for _, life in sorted(lives.rights.items()):
        rows += [_of_right(lives, life, *told) for told in _awaited(lives, life, on)]
    rows += [_renewal(lives, *late) for late in _renewals(lives, on)]
    return Sheet(
        title=f"Dossiers en attente de la Caf {caf}, au {on:%d/%m/%Y} : {len(rows)}",
        columns=COLUMNS,
        rows=tuple(sorted(rows, key=_place)),
    )


def _awaited(lives: Rights, life: Right, on: date) -> Iterator[tuple[str, str]]:
    """Yield what a right waits for: credits or a bareme, else its convention, its accounts."""
    if life.deferred:
        reasons = life.deferred.reasons
        for rule in dict.fromkeys(reason.rule for reason in reasons):
            told = " ".join(reason.message for reason in reasons if reason.rule == rule)
            yield RULES.get(rule, "une décision"), f"[{rule}] {told}"
        return
    if not life.is_running or life.settled:
        return
    if life.dossier_id not in lives.conventions:
        yield "la convention signée", "[CNV-01] aucun acompte ni solde sans elle"
    if life.refused:
        told = " ; ".join(f"[{each.rule}] {each.message}" for each in life.refused.reasons)
        yield "de nouveaux comptes", f"comptes refusés : {told}"
    elif on > date(start_year(life.school_year) + 1, LAST_MONTH, 30):
        yield "les comptes et le bilan définitifs", "[SOL-01] l'année scolaire est finie"


def _renewals(lives: Rights, on: date) -> Iterator[tuple[str, str]]:
    """Yield the school years that an agrement covers, that have begun, and nobody filed for."""
    current = on.year if on.month >= SEPTEMBER else on.year - 1
    for dossier_id, agrement in sorted(lives.agrements.items()):
        until = lives.until[dossier_id]
        first, last = start_year(agrement.school_year), start_year(until) if until else 0
        for year in range(first + 1, min(last, current) + 1):
            if (dossier_id, school_year(year)) not in lives.rights:
                yield dossier_id, school_year(year)


def _row(dossier_id: str, one: PendingDossier) -> tuple[Cell, ...]:
    return (dossier_id, one.gestionnaire, one.school_year, one.awaits, one.detail)


def _of_right(lives: Rights, life: Right, awaits: str, detail: str) -> tuple[Cell, ...]:
    payee = lives.payee(life)
    return (life.dossier_id, payee.name if payee else "", life.school_year, awaits, detail)


def _renewal(lives: Rights, dossier_id: str, year: str) -> tuple[Cell, ...]:
    detail = "[PLU-03] agrément pluriannuel : bilan de l'année passée et budget de la nouvelle"
    name = lives.agrements[dossier_id].gestionnaire.name
    return (dossier_id, name, year, "le renouvellement annuel", detail)


def _place(row: tuple[Cell, ...]) -> tuple[str, ...]:
    return (str(row[2]), str(row[0]), str(row[3]))
