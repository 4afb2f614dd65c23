"""Rules that the amendment of an agrement must meet."""

from dataclasses import dataclass

from services.eligibility.domain.findings import listed
from services.eligibility.domain.states import AcceptedAmendment, Agrement
from shared.contracts.common import Reason
from shared.contracts.corrections import AmendmentDecided
from shared.kernel.rules import Evaluation, Rule, evaluate_all, evaluate_until_first


@dataclass(frozen=True, slots=True)
class AmendmentContext:
    """An amendment, the agrement as it stands, and the amendment accepted under this id."""

    decided: AmendmentDecided
    agrement: Agrement
    accepted: AcceptedAmendment | None


def evaluate(context: AmendmentContext) -> Evaluation:
    """Evaluate the rules that end the evaluation, then all others together."""
    preliminary = evaluate_until_first(PRELIMINARY_RULES, context)
    if preliminary.reasons:
        return preliminary
    rest = evaluate_all(RULES, context)
    return Evaluation((*preliminary.steps, *rest.steps), rest.reasons)


def accepted_with_other_content(context: AmendmentContext) -> Reason | None:
    """TEC-01: an amendment id is accepted with one content."""
    if not context.accepted:
        return None
    return Reason(
        rule="TEC-01",
        message=f"La modification {context.decided.amendment_id} a déjà été prise en compte avec"
        " un autre contenu.",
    )


def other_caf(context: AmendmentContext) -> Reason | None:
    """TEC-03: the amendment comes from the agrement's Caf."""
    decided = context.decided
    if decided.caf == context.agrement.caf:
        return None
    return Reason(
        rule="TEC-03",
        message=f"Le dossier {decided.dossier_id} n'est pas un dossier de la Caf {decided.caf}.",
    )


def outside_the_period(context: AmendmentContext) -> Reason | None:
    """AGR-01: the agrement still covers the first school year amended."""
    agrement, year = context.agrement, context.decided.from_school_year
    if agrement.until is None:
        text = "L'agrément est retiré : il ne couvre plus aucune année scolaire."
        return Reason(rule="AGR-01", message=text)
    if agrement.school_year <= year <= agrement.until:
        return None
    return Reason(
        rule="AGR-01",
        message=f"L'agrément va de {agrement.school_year} à {agrement.until} :"
        f" il ne couvre pas l'année scolaire {year}.",
    )


def foreign_collectifs(context: AmendmentContext) -> Reason | None:
    """COM-04: the remaining collectifs belong to the agrement, and were not removed before."""
    remaining = context.agrement.remaining
    foreign = [
        collectif_id for collectif_id in context.decided.collectifs if collectif_id not in remaining
    ]
    if not foreign:
        return None
    return Reason(
        rule="COM-04",
        message="Ces collectifs ne sont pas, ou ne sont plus, dans l'agrément :"
        f" {listed(foreign)}.",
    )


def reduces_nothing(context: AmendmentContext) -> Reason | None:
    """AGR-02: a reduction removes at least one collectif and keeps one; a withdrawal keeps none."""
    decided, agrement = context.decided, context.agrement
    remaining, before = decided.collectifs, agrement.in_year(decided.from_school_year)
    if decided.effect == "withdrawn":
        fault = (
            f"un agrément retiré ne garde aucun collectif ({listed(remaining)})"
            if remaining
            else ""
        )
    elif not remaining:
        fault = "une réduction garde un collectif au moins ; sinon l'agrément est à retirer"
    else:
        fault = "" if set(before) - set(remaining) else "aucun collectif n'est supprimé"
    if not fault:
        return None
    return Reason(rule="AGR-02", message=f"La modification ne réduit pas l'agrément : {fault}.")


def ground_or_motive_missing(context: AmendmentContext) -> Reason | None:
    """AGR-03: an amendment states its legal ground and its motive."""
    decided = context.decided
    pairs = (("fondement juridique", decided.legal_ground), ("motif", decided.motive))
    blank = [name for name, text in pairs if not text]
    if not blank:
        return None
    return Reason(
        rule="AGR-03", message=f"La modification n'indique pas son {' ni son '.join(blank)}."
    )


PRELIMINARY_RULES: tuple[Rule, ...] = (
    Rule("TEC-01", "La modification est nouvelle.", accepted_with_other_content),
    Rule("TEC-03", "La Caf est celle du dossier.", other_caf),
)

RULES: tuple[Rule, ...] = (
    Rule("AGR-01", "L'année scolaire est couverte par l'agrément.", outside_the_period),
    Rule("COM-04", "Les collectifs gardés sont ceux de l'agrément.", foreign_collectifs),
    Rule("AGR-02", "La modification réduit ou retire l'agrément.", reduces_nothing),
    Rule("AGR-03", "Le fondement juridique et le motif sont indiqués.", ground_or_motive_missing),
)
