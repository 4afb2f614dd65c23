"""Rules that several requests about a school year share."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from services.funding.domain.states import (
    AcceptedControl,
    AcceptedOrder,
    AcceptedReversal,
    Convention,
    Grant,
)
from shared.contracts.common import Accounts, Report
from shared.french import first_of, short_date
from shared.kernel.decision import Finding
from shared.kernel.rules import breach


class OfGrant(Protocol):
    """A request about a grant."""

    @property
    def grant(self) -> Grant:
        """The grant."""
        ...


def caf_of_grant(context: OfGrant) -> str:
    """Return the Caf that a request about a grant must come from [TEC-03]."""
    return context.grant.agrement.caf


class OfKeyedRequest(Protocol):
    """A request with a key of its own, and what was accepted under it."""

    @property
    def accepted(self) -> AcceptedOrder | AcceptedReversal | AcceptedControl | None:
        """The request accepted under this key, None before."""
        ...


def accepted_content(context: OfKeyedRequest) -> str | None:
    """Return the content hash accepted under the key of a request."""
    return context.accepted.content if context.accepted else None


def other_caf(sender: str, owner: str, request: str) -> str:
    """Return the refusal of another Caf; `request` is the French subject and verb."""
    return f"{request} de la Caf {sender}, mais le dossier relève de la Caf {owner}."


def no_grant(dossier_id: str, school_year: str, grant: Grant | None, ban: str) -> Finding:
    """COM-05: nothing is granted; `ban` is a French clause: the operation that needs a grant."""
    return breach(
        "COM-05",
        f"Le financement du dossier {dossier_id} pour {school_year} "
        f"{STATUSES[grant.status if grant else 'refused']} : {ban}.",
    )


STATUSES = {
    "deferred": "est encore différé",
    "refused": "n'est pas accordé",
    "cancelled": "est annulé",
}


def not_signed(convention: Convention | None, on: date, occasion: str) -> Finding | None:
    """CNV-01: a convention is signed on this day or before; `occasion` names the day in French."""
    if convention and convention.signed_on <= on:
        return None
    state = (
        f"La convention est signée le {short_date(convention.signed_on)}"
        if convention
        else "Aucune convention signée n'est connue"
    )
    return breach(
        "CNV-01",
        f"{state} : elle doit l'être au plus tard le {short_date(on)}, {occasion}.",
    )


def closed(grant: Grant, ban: str) -> Finding | None:
    """SOL-02: a settled or cancelled school year does not change; `ban` is a French clause."""
    if grant.settlement:
        state = f"est soldée sur les comptes du {short_date(grant.settlement.filed_on)}"
    elif grant.cancellation:
        state = f"est annulée depuis le {short_date(grant.cancellation.cancelled_on)}"
    else:
        return None
    year = grant.agrement.school_year
    return breach("SOL-02", f"L'année scolaire {year} {state} : {ban}.")


def missing_parts(report: Report) -> str:
    """Return the missing parts of a bilan, such as `qualitatif, financier`."""
    parts = (
        ("qualitatif", report.qualitative),
        ("quantitatif", report.quantitative),
        ("financier", report.financial),
    )
    return ", ".join(name for name, present in parts if not present)


def not_granted(accounts: Accounts, grant: Grant) -> Finding | None:
    """COM-04: accounts name collectifs of this school year's grant only."""
    return foreign(
        (collectif.collectif_id for collectif in accounts.collectifs),
        {collectif.collectif_id for collectif in grant.agrement.collectifs},
        f"du financement accordé pour {grant.agrement.school_year}",
    )


def not_named(accounts: Accounts, grant: Grant) -> Finding | None:
    """SOL-03: accounts name every collectif of the grant; one that did not run says so."""
    named = {collectif.collectif_id for collectif in accounts.collectifs}
    granted = (collectif.collectif_id for collectif in grant.agrement.collectifs)
    if not (missing := [collectif_id for collectif_id in granted if collectif_id not in named]):
        return None
    return breach(
        "SOL-03",
        f"Ces collectifs accordés ne sont pas nommés : {first_of(missing)}. Un collectif qui n'a "
        "pas fonctionné se déclare comme tel.",
    )


def foreign(named: Iterable[str], allowed: set[str], outside: str) -> Finding | None:
    """COM-04: a request names allowed collectifs only; `outside` names their set in French."""
    if not (unknown := [collectif_id for collectif_id in named if collectif_id not in allowed]):
        return None
    return breach(
        "COM-04",
        f"Hors {outside} : {first_of(unknown)}.",
    )


"""Maximum number of collectifs named in a reason."""
