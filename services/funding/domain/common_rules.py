"""Reasons for refusal that several requests about a school year share."""

from collections.abc import Iterable
from datetime import date

from services.funding.domain.states import Convention, Grant
from shared.contracts.common import Accounts, Reason, Report
from shared.french import short_date


def no_grant(dossier_id: str, school_year: str, grant: Grant | None, ban: str) -> Reason:
    """Say that nothing is granted [COM-05]; `ban` says what cannot be done without a grant."""
    return Reason(
        rule="COM-05",
        message=f"Le financement du dossier {dossier_id} pour {school_year} "
        f"{FOUND[grant.status if grant else 'refused']} : {ban}.",
    )


FOUND = {
    "deferred": "est encore différé",
    "refused": "n'est pas accordé",
    "cancelled": "est annulé",
}


def other_caf(sender: str, owner: str, request: str) -> Reason | None:
    """Let only the Caf of the dossier decide on it [TEC-03]; `request` is a subject in French."""
    if sender == owner:
        return None
    return Reason(
        rule="TEC-03",
        message=f"{request} de la Caf {sender}, mais le dossier relève de la Caf {owner}.",
    )


def not_signed(convention: Convention | None, on: date, occasion: str) -> Reason | None:
    """Ask for a convention signed on this day or before [CNV-01]."""
    if convention and convention.signed_on <= on:
        return None
    found = (
        f"La convention est signée le {short_date(convention.signed_on)}"
        if convention
        else "Aucune convention signée n'est connue"
    )
    return Reason(
        rule="CNV-01",
        message=f"{found} : elle doit l'être au plus tard le {short_date(on)}, {occasion}.",
    )


def closed(grant: Grant, ban: str) -> Reason | None:
    """Leave alone a school year that is settled or cancelled [SOL-02]."""
    if grant.settlement:
        found = f"est soldée sur les comptes du {short_date(grant.settlement.filed_on)}"
    elif grant.cancellation:
        found = f"est annulée depuis le {short_date(grant.cancellation.cancelled_on)}"
    else:
        return None
    year = grant.agrement.school_year
    return Reason(rule="SOL-02", message=f"L'année scolaire {year} {found} : {ban}.")


def missing_parts(report: Report) -> str:
    """Name the parts of a bilan that are missing, such as `qualitatif, financier`."""
    parts = (
        ("qualitatif", report.qualitative),
        ("quantitatif", report.quantitative),
        ("financier", report.financial),
    )
    return ", ".join(name for name, presented in parts if not presented)


def not_granted(accounts: Accounts, grant: Grant) -> Reason | None:
    """Ask that accounts name collectifs of this school year's grant only [COM-04]."""
    return foreign(
        (each.collectif_id for each in accounts.collectifs),
        {each.collectif_id for each in grant.agrement.collectifs},
        f"du financement accordé pour {grant.agrement.school_year}",
    )


def foreign(named: Iterable[str], known: set[str], outside: str) -> Reason | None:
    """Ask that a request names known collectifs only [COM-04]; `outside` says of what."""
    if not (unknown := [each for each in named if each not in known]):
        return None
    return Reason(
        rule="COM-04",
        message=f"Hors {outside} : "
        f"{', '.join(unknown[:NAMED_MAX])}{'…' if unknown[NAMED_MAX:] else ''}.",
    )


NAMED_MAX = 20
"""A reason stays readable; the request itself names them all."""
