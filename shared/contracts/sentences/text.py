"""The sentences of an event, and the parts of sentences that several events share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.contracts.base import WireModel
from shared.contracts.common import Budget, Ground, Payee, Reason
from shared.contracts.elan import Gestionnaire
from shared.contracts.labels import GESTIONNAIRE_KINDS
from shared.french import euros, unended


@dataclass(frozen=True, slots=True)
class Sentences:
    """One event for a reader: a title, then the details, line by line. In French."""

    title: str
    lines: tuple[str, ...] = ()


Builders = Mapping[type[WireModel], Callable[[Any], Sentences]]
"""By the model of an event, the function that words it."""


def sentences(title: str, *lines: str) -> Sentences:
    """Return sentences from a title and lines."""
    return Sentences(title, lines)


def school_year(start: int) -> str:
    """Return `2025-2026` for 2025."""
    return f"{start}-{start + 1}"


def item(text: str) -> str:
    """Return a line of a list."""
    return f"• {text}"


def reason_lines(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Return one line per reason: rule, message, observed value."""
    return tuple(item(_reason(reason)) for reason in reasons)


def remark_lines(remarks: Iterable[Reason]) -> tuple[str, ...]:
    """Return one line per remark: what a person should know or settle."""
    return tuple(f"À régler par une personne : {_reason(remark)}" for remark in remarks)


def payee(gestionnaire: Payee | Gestionnaire) -> str:
    """Return `Les Amis du Quartier (association, SIRET 07457648985310)`."""
    kind = GESTIONNAIRE_KINDS[gestionnaire.kind]
    return f"{gestionnaire.name} ({kind}, SIRET {gestionnaire.siret})"


def budget_line(budget: Budget) -> str:
    """Return the yearly cost, and the amount of each funder."""
    funders = ", ".join(
        f"{resource.funder} {euros(resource.amount)}"
        f"{' (branche Famille)' * resource.branche_famille}"
        for resource in budget.resources
    )
    cost = euros(budget.total_annual_cost)
    return f"Coût annuel du projet : {cost} ; financeurs : {funders or '—'}."


def _reason(reason: Reason) -> str:
    observed = unended(reason.observed) if isinstance(reason, Ground) else ""
    return f"[{reason.rule}] {reason.message}{f' Constaté : {observed}.' if observed else ''}"


def legal_ground_line(legal_ground: str, motive: str) -> str:
    """Return the legal ground of a correction, and its motive."""
    return (
        f"Fondement : {unended(legal_ground) or '—'} ; motif : {unended(motive) or '—'} [AGR-03]."
    )


def motive_lines(motive: str | None) -> tuple[str, ...]:
    """Return the motive as a line, no line without one."""
    return (f"Motif : {motive}",) if motive else ()


def by_whom(person: str | None) -> str:
    """Return ` par ` and the name of the signatory; an empty text without a name."""
    return f" par {person}" if person else ""
