"""Why an amendment of an agrement cannot stand."""

from dataclasses import dataclass

from services.eligibility.domain.findings import listed
from services.eligibility.domain.states import AcceptedAmendment, Agrement
from shared.contracts.common import Reason
from shared.contracts.corrections import AmendmentDecided
from shared.kernel.rules import Evaluation, Rule, evaluate_all, evaluate_until_first


@dataclass(frozen=True, slots=True)
class AmendmentContext:
    """A decision of the Caf, what is left of the agrement, and what the id was used for."""

    decided: AmendmentDecided
    agrement: Agrement
    accepted: AcceptedAmendment | None


def evaluate(amendment: AmendmentContext) -> Evaluation:
    """Weigh what ends the check, then all the rest together."""
    alone = evaluate_until_first(ALONE, amendment)
    if alone.reasons:
        return alone
    rest = evaluate_all(CHECKS, amendment)
    return Evaluation((*alone.steps, *rest.steps), rest.reasons)


def decided_otherwise(amendment: AmendmentContext) -> Reason | None:
    """TEC-01: an amendment is decided once."""
    if not amendment.accepted:
        return None
    return Reason(
        rule="TEC-01",
        message=f"La modification {amendment.decided.amendment_id} a déjà été prise en compte avec"
        " un autre contenu.",
    )


def other_caf(amendment: AmendmentContext) -> Reason | None:
    """TEC-03: the Caf that decides is the agrement's."""
    decided = amendment.decided
    if decided.caf == amendment.agrement.caf:
        return None
    return Reason(
        rule="TEC-03",
        message=f"Le dossier {decided.dossier_id} n'est pas un dossier de la Caf {decided.caf}.",
    )


def outside_the_period(amendment: AmendmentContext) -> Reason | None:
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


def foreign_collectifs(amendment: AmendmentContext) -> Reason | None:
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


def reduces_nothing(amendment: AmendmentContext) -> Reason | None:
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


def unfounded(amendment: AmendmentContext) -> Reason | None:
    """AGR-03: a correction has its legal ground and its motive."""
    decided = amendment.decided
    pairs = (("fondement juridique", decided.legal_ground), ("motif", decided.motive))
    blank = [name for name, text in pairs if not text]
    if not blank:
        return None
    return Reason(
        rule="AGR-03", message=f"La modification n'indique pas son {' ni son '.join(blank)}."
    )


ALONE: tuple[Rule, ...] = (
    Rule("TEC-01", "La modification est nouvelle.", decided_otherwise),
    Rule("TEC-03", "La Caf est celle du dossier.", other_caf),
)

CHECKS: tuple[Rule, ...] = (
    Rule("AGR-01", "L'année scolaire est couverte par l'agrément.", outside_the_period),
    Rule("COM-04", "Les collectifs gardés sont ceux de l'agrément.", foreign_collectifs),
    Rule("AGR-02", "La modification réduit ou retire l'agrément.", reduces_nothing),
    Rule("AGR-03", "Le fondement juridique et le motif sont indiqués.", unfounded),
)
