"""Reasons for refusal that several requests about a school year share."""

from collections.abc import Iterable
from datetime import date

from services.funding.domain.states import Convention, Grant
from shared.contracts.common import Accounts, Reason, Report
from shared.french import short_date


def no_grant(dossier_id: str, school_year: str, grant: Grant | None, ban: str) -> Reason:
    """COM-05: nothing is granted; `ban` is a French clause: the operation that needs a grant."""
    return Reason(
        rule="COM-05",
        message=f"Le financement du dossier {dossier_id} pour {school_year} "
        f"{STATUSES[grant.status if grant else 'refused']} : {ban}.",
    )


STATUSES = {
    "deferred": "est encore différé",
    "refused": "n'est pas accordé",
    "cancelled": "est annulé",
}


def other_caf(sender: str, owner: str, request: str) -> Reason | None:
    """TEC-03: a request comes from the dossier's Caf; `request` is its French subject and verb."""
    if sender == owner:
        return None
    return Reason(
        rule="TEC-03",
        message=f"{request} de la Caf {sender}, mais le dossier relève de la Caf {owner}.",
    )


def not_signed(convention: Convention | None, on: date, occasion: str) -> Reason | None:
    """CNV-01: a convention is signed on this day or before; `occasion` names the day in French."""
    if convention and convention.signed_on <= on:
        return None
    state = (
        f"La convention est signée le {short_date(convention.signed_on)}"
        if convention
        else "Aucune convention signée n'est connue"
    )
    return Reason(
        rule="CNV-01",
        message=f"{state} : elle doit l'être au plus tard le {short_date(on)}, {occasion}.",
    )


def closed(grant: Grant, ban: str) -> Reason | None:
    """SOL-02: a settled or cancelled school year does not change; `ban` is a French clause."""
    if grant.settlement:
        state = f"est soldée sur les comptes du {short_date(grant.settlement.filed_on)}"
    elif grant.cancellation:
        state = f"est annulée depuis le {short_date(grant.cancellation.cancelled_on)}"
    else:
        return None
    year = grant.agrement.school_year
    return Reason(rule="SOL-02", message=f"L'année scolaire {year} {state} : {ban}.")


def missing_parts(report: Report) -> str:
    """Return the missing parts of a bilan, such as `qualitatif, financier`."""
    parts = (
        ("qualitatif", report.qualitative),
        ("quantitatif", report.quantitative),
        ("financier", report.financial),
    )
    return ", ".join(name for name, present in parts if not present)


def not_granted(accounts: Accounts, grant: Grant) -> Reason | None:
    """COM-04: accounts name collectifs of this school year's grant only."""
    return foreign(
        (collectif.collectif_id for collectif in accounts.collectifs),
        {collectif.collectif_id for collectif in grant.agrement.collectifs},
        f"du financement accordé pour {grant.agrement.school_year}",
    )


def foreign(named: Iterable[str], allowed: set[str], outside: str) -> Reason | None:
    """COM-04: a request names allowed collectifs only; `outside` names their set in French."""
    if not (unknown := [collectif_id for collectif_id in named if collectif_id not in allowed]):
        return None
    return Reason(
        rule="COM-04",
        message=f"Hors {outside} : "
        f"{', '.join(unknown[:NAMED_MAX])}{'…' if unknown[NAMED_MAX:] else ''}.",
    )


NAMED_MAX = 20
"""Maximum number of collectifs named in a reason."""
