"""Rules that the amendment of an agrement must meet."""

from dataclasses import dataclass

from services.eligibility.domain.findings import listed
from services.eligibility.domain.states import AcceptedAmendment, Agrement
from shared.contracts.corrections import AmendmentDecided
from shared.french import short_date
from shared.kernel.calendar import first_day, last_day
from shared.kernel.decision import Finding
from shared.kernel.requests import Once, Owner
from shared.kernel.rules import Rule, breach


@dataclass(frozen=True, slots=True)
class AmendmentContext:
    """An amendment, the agrement as it stands, and the amendment accepted under this id."""

    decided: AmendmentDecided
    agrement: Agrement
    accepted: AcceptedAmendment | None


def _accepted(context: AmendmentContext) -> str | None:
    return context.accepted.content if context.accepted else None


def _other_content(context: AmendmentContext) -> str:
    return (
        f"La modification {context.decided.amendment_id} a déjà été prise en compte avec"
        " un autre contenu."
    )


def _owner(context: AmendmentContext) -> str:
    return context.agrement.caf


def _other_caf(context: AmendmentContext) -> str:
    decided = context.decided
    return f"Le dossier {decided.dossier_id} n'est pas un dossier de la Caf {decided.caf}."


def outside_the_period(context: AmendmentContext) -> Finding | None:
    """AGR-01: the agrement still covers the first school year amended."""
    agrement, year = context.agrement, context.decided.from_school_year
    if agrement.until is None:
        text = "L'agrément est retiré : il ne couvre plus aucune année scolaire."
        return breach("AGR-01", text)
    if agrement.school_year <= year <= agrement.until:
        return None
    return breach(
        "AGR-01",
        f"L'agrément va de {agrement.school_year} à {agrement.until} :"
        f" il ne couvre pas l'année scolaire {year}.",
    )


def foreign_collectifs(context: AmendmentContext) -> Finding | None:
    """COM-04: the remaining collectifs belong to the agrement, and were not removed before."""
    remaining = context.agrement.remaining
    foreign = [
        collectif_id for collectif_id in context.decided.collectifs if collectif_id not in remaining
    ]
    if not foreign:
        return None
    return breach(
        "COM-04",
        f"Ces collectifs ne sont pas, ou ne sont plus, dans l'agrément : {listed(foreign)}.",
    )


def reduces_nothing(context: AmendmentContext) -> Finding | None:
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
    return breach("AGR-02", f"La modification ne réduit pas l'agrément : {fault}.")


def ground_or_motive_missing(context: AmendmentContext) -> Finding | None:
    """AGR-03: an amendment states its legal ground and its motive."""
    decided = context.decided
    pairs = (("fondement juridique", decided.legal_ground), ("motif", decided.motive))
    blank = [name for name, text in pairs if not text]
    if not blank:
        return None
    return breach("AGR-03", f"La modification n'indique pas son {' ni son '.join(blank)}.")


def ended_outside_the_year(context: AmendmentContext) -> Finding | None:
    """AGR-04: the action ended in the first school year amended."""
    year, ended_on = context.decided.from_school_year, context.decided.ended_on
    if ended_on is None or first_day(year) <= ended_on <= last_day(year):
        return None
    return breach(
        "AGR-04",
        f"L'action se serait arrêtée le {short_date(ended_on)}, hors de l'année scolaire {year}.",
    )


GATES = (
    Once(
        accepted=_accepted,
        sentence=_other_content,
        success_text="La modification est nouvelle.",
    ),
    Owner(caf=_owner, sentence=_other_caf, success_text="La Caf est celle du dossier."),
)

RULES: tuple[Rule[AmendmentContext], ...] = (
    Rule("AGR-01", outside_the_period, "L'année scolaire est couverte par l'agrément."),
    Rule("COM-04", foreign_collectifs, "Les collectifs gardés sont ceux de l'agrément."),
    Rule("AGR-02", reduces_nothing, "La modification réduit ou retire l'agrément."),
    Rule("AGR-04", ended_outside_the_year, "La fin de l'action est dans l'année scolaire."),
    Rule("AGR-03", ground_or_motive_missing, "Le fondement juridique et le motif sont indiqués."),
)
