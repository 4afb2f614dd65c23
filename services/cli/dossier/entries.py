"""What every sentence builder returns, and the words they share."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.contracts.common import Budget, Ground, Payee, Reason
from shared.contracts.elan import Gestionnaire
from shared.french import euros

KINDS = {
    "association": "association",
    "commune": "commune",
    "epci": "EPCI",
    "ccas": "CCAS",
    "centre_social": "centre social",
    "entreprise": "entreprise",
    "caf": "Caf",
}
LEVELS = {"elementaire": "élémentaire", "college": "collège", "lycee": "lycée"}
BONUSES = {"enfants": "bonus enfants", "parents": "bonus parents"}


@dataclass(frozen=True, slots=True)
class Sentences:
    """One fact for a reader: what happened in a few words, then the details, line by line."""

    title: str
    lines: tuple[str, ...] = ()


def sentences(title: str, *lines: str) -> Sentences:
    """Return a fact told in these words."""
    return Sentences(title, lines)


def item(text: str) -> str:
    """Return a line of a list."""
    return f"• {text}"


def reasons(given: Iterable[Reason]) -> tuple[str, ...]:
    """Return one line per reason, its rule first; what was observed last."""
    return tuple(item(_reason(each)) for each in given)


def payee(of: Payee | Gestionnaire) -> str:
    """Return `Les Amis du Quartier (association, SIRET 07457648985310)`."""
    return f"{of.name} ({KINDS[of.kind]}, SIRET {of.siret})"


def budget(of: Budget) -> str:
    """Return the yearly cost and who pays what of it."""
    funders = ", ".join(
        f"{each.funder} {euros(each.amount)}{' (branche Famille)' * each.branche_famille}"
        for each in of.resources
    )
    return f"Coût annuel du projet : {euros(of.total_annual_cost)} ; financeurs : {funders or '—'}."


def _reason(reason: Reason) -> str:
    observed = f" Constaté : {reason.observed}." if isinstance(reason, Ground) else ""
    return f"[{reason.rule}] {reason.message}{observed}"
