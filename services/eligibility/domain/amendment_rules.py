"""Why an amendment of an agrement cannot stand."""

from dataclasses import dataclass

from services.eligibility.domain.findings import listed
from services.eligibility.domain.states import AcceptedAmendment, Agrement
from shared.contracts.common import Reason
from shared.contracts.corrections import AmendmentDecided
from shared.kernel.rules import Check, Weighed, weigh, weigh_in_turn


@dataclass(frozen=True, slots=True)
class Amendment:
    """A decision of the Caf, what is left of the agrement, and what the id was used for."""

    decided: AmendmentDecided
    agrement: Agrement
    accepted: AcceptedAmendment | None


def against(amendment: Amendment) -> Weighed:
    """Weigh what ends the check, then all the rest together."""
    alone = weigh_in_turn(ALONE, amendment)
    if alone.reasons:
        return alone
    rest = weigh(CHECKS, amendment)
    return Weighed((*alone.steps, *rest.steps), rest.reasons)


def decided_otherwise(amendment: Amendment) -> Reason | None:
    """TEC-01: an amendment is decided once."""
    if not amendment.accepted:
        return None
    return Reason(
        rule="TEC-01",
        message=f"La modification {amendment.decided.amendment_id} a déjà été prise en compte avec"
        " un autre contenu.",
    )


def other_caf(amendment: Amendment) -> Reason | None:
    """TEC-03: the Caf that decides is the agrement's."""
    decided = amendment.decided
    if decided.caf == amendment.agrement.caf:
        return None
    return Reason(
        rule="TEC-03",
        message=f"Le dossier {decided.dossier_id} n'est pas un dossier de la Caf {decided.caf}.",
    )


def outside_the_period(amendment: Amendment) -> Reason | None:
    """AGR-01: it holds from a school year that the agrement still covers."""
    agrement, year = amendment.agrement, amendment.decided.from_school_year
    if agrement.until is None:
        told = "L'agrément est retiré : il ne couvre plus aucune année scolaire."
        return Reason(rule="AGR-01", message=told)
    if agrement.school_year <= year <= agrement.until:
        return None
    return Reason(
        rule="AGR-01",
        message=f"L'agrément va de {agrement.school_year} à {agrement.until} :"
        f" il ne couvre pas l'année scolaire {year}.",
    )


def foreign_collectifs(amendment: Amendment) -> Reason | None:
    """COM-04: those that stay are of the agrement, and were not removed before."""
    remaining = amendment.agrement.remaining
    foreign = [one for one in amendment.decided.collectifs if one not in remaining]
    if not foreign:
        return None
    return Reason(
        rule="COM-04",
        message="Ces collectifs ne sont pas, ou ne sont plus, dans l'agrément :"
        f" {listed(foreign)}.",
    )


def reduces_nothing(amendment: Amendment) -> Reason | None:
    """AGR-02: a reduction removes some collectifs, a withdrawal all of them."""
    decided, agrement = amendment.decided, amendment.agrement
    kept, before = decided.collectifs, agrement.in_year(decided.from_school_year)
    if decided.effect == "withdrawn":
        fault = f"un agrément retiré ne garde aucun collectif ({listed(kept)})" if kept else ""
    elif not kept:
        fault = "une réduction garde un collectif au moins ; sinon l'agrément est à retirer"
    else:
        fault = "" if set(before) - set(kept) else "aucun collectif n'est supprimé"
    if not fault:
        return None
    return Reason(rule="AGR-02", message=f"La modification ne réduit pas l'agrément : {fault}.")


def unfounded(amendment: Amendment) -> Reason | None:
    """AGR-03: a correction has its legal ground and its motive."""
    decided = amendment.decided
    pairs = (("fondement juridique", decided.legal_ground), ("motif", decided.motive))
    blank = [name for name, text in pairs if not text]
    if not blank:
        return None
    return Reason(
        rule="AGR-03", message=f"La modification n'indique pas son {' ni son '.join(blank)}."
    )


ALONE: tuple[Check, ...] = (
    Check("TEC-01", "La modification est nouvelle.", decided_otherwise),
    Check("TEC-03", "La Caf est celle du dossier.", other_caf),
)

CHECKS: tuple[Check, ...] = (
    Check("AGR-01", "L'année scolaire est couverte par l'agrément.", outside_the_period),
    Check("COM-04", "Les collectifs gardés sont ceux de l'agrément.", foreign_collectifs),
    Check("AGR-02", "La modification réduit ou retire l'agrément.", reduces_nothing),
    Check("AGR-03", "Le fondement juridique et le motif sont indiqués.", unfounded),
)
