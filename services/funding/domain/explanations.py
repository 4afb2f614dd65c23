"""Steps that explain a price, for the receipt (the decision record)."""

from collections.abc import Iterator
from decimal import Decimal

from services.funding.domain.parameters import Terms
from services.funding.domain.pricing import Price
from shared.contracts.common import ExerciseAmount
from shared.contracts.funding import AdjustmentDecided, Cap80, FundingGranted, PricedCollectif
from shared.french import euros, percent
from shared.kernel.decision import Finding
from shared.kernel.rules import computed


def price_findings(price: Price, terms: Terms) -> tuple[Finding, ...]:
    """Return the findings of the bareme, each collectif, the cap and the parts, in this order."""
    return (
        _bareme(terms),
        *(step for collectif in price.collectifs for step in _collectif(collectif, terms)),
        _cap(price.cap80),
        _parts(price, terms),
    )


def _bareme(terms: Terms) -> Finding:
    bareme = terms.bareme
    return computed(
        "PRX-07",
        f"Barème de {terms.start_year} : plafond {euros(bareme.plafond)}, Ps maximale "
        f"{euros(bareme.ps_max)}, bonus enfants {euros(bareme.bonus_enfants)}, bonus parents "
        f"{euros(bareme.bonus_parents)} ({bareme.source}).",
        plafond=bareme.plafond,
        ps_max=bareme.ps_max,
        bonus_enfants=bareme.bonus_enfants,
        bonus_parents=bareme.bonus_parents,
    )


def _collectif(priced: PricedCollectif, terms: Terms) -> Iterator[Finding]:
    share, bareme = terms.shares.ps, terms.bareme
    yield computed(
        "PRX-01",
        f"{priced.collectif_id} : {percent(share)} de "
        f"{euros(min(priced.cost, bareme.plafond))}, au plus {euros(bareme.ps_max)} : "
        f"Ps de {euros(priced.ps)}.",
        cost=priced.cost,
        plafond=bareme.plafond,
        share=share,
        ps=priced.ps,
    )
    if not priced.ps:
        yield computed("BON-15", f"{priced.collectif_id} : sans Ps, aucun bonus.")
    if priced.bonus:
        yield computed(
            "BON-02",
            f"{priced.collectif_id} : bonus de {euros(priced.bonus)}.",
            bonus=priced.bonus,
        )


def _cap(cap: Cap80) -> Finding:
    cut = (
        f"{euros(cap.excess)} de trop, {euros(cap.cut_from_bonus)} pris sur les bonus et "
        f"{euros(cap.cut_from_ps)} sur la Ps"
        if cap.excess
        else "rien n'est retranché"
    )
    return computed(
        "COF-02",
        f"La branche Famille finance au plus {euros(cap.ceiling)} : {cut}.",
        ceiling=cap.ceiling,
        excess=cap.excess,
        cut_from_bonus=cap.cut_from_bonus,
        cut_from_ps=cap.cut_from_ps,
    )


def _parts(price: Price, terms: Terms) -> Finding:
    return computed(
        "ENV-01",
        f"Ps de {euros(price.ps_total)} : {euros(price.part_n)} sur {terms.start_year}, "
        f"{euros(price.part_n1)} sur {terms.start_year + 1} avec {euros(price.bonus_total)} "
        "de bonus.",
        ps_total=price.ps_total,
        part_n=price.part_n,
        part_n1=price.part_n1,
        bonus_total=price.bonus_total,
    )


def ceiling_findings(funding: FundingGranted, terms: Terms) -> tuple[Finding, ...]:
    """Return the findings of the advance ceilings of both exercises, shares of the Ps alone."""
    ceilings, first = terms.ceilings, terms.start_year
    return (
        _ceiling("ACO-01", first, ceilings.advances_n, funding.advance_ceiling_n),
        _ceiling("ACO-03", first + 1, ceilings.advances_n1, funding.advance_ceiling_n1),
    )


def _ceiling(rule: str, exercise: int, share: Decimal, ceiling: Decimal) -> Finding:
    return computed(
        rule,
        f"Acomptes de {exercise} : {percent(share)} de la Ps au plus, soit {euros(ceiling)}.",
        share=share,
        ceiling=ceiling,
    )


def indu_findings(indus: tuple[ExerciseAmount, ...]) -> tuple[Finding, ...]:
    """Return the findings of the indus, by exercise [CPT-05]."""
    return tuple(
        computed(
            "CPT-05",
            f"Indu de {euros(indu.amount)} sur {indu.exercise}, sans compensation avec l'autre "
            "exercice.",
            indu=indu.amount,
        )
        for indu in indus
    )


ADJUSTMENTS = {
    "rappel": ("CTL-04", "Rappel"),
    "indu": ("CTL-05", "Indu"),
    "none": ("CTL-06", "Aucun écart"),
}


def adjustment_finding(adjusted: AdjustmentDecided) -> Finding:
    """Return the step of the changes of a control, by exercise and in total."""
    rule, noun = ADJUSTMENTS[adjusted.kind]
    first, second = adjusted.by_origin
    return computed(
        rule,
        f"{noun} : {euros(first.amount)} sur {first.exercise}, {euros(second.amount)} sur "
        f"{second.exercise}, soit {euros(adjusted.amount)} par rapport aux derniers montants "
        "décidés.",
        part_n=adjusted.components.part_n,
        part_n1=adjusted.components.part_n1,
        bonus_enfants=adjusted.components.bonus_enfants,
        bonus_parents=adjusted.components.bonus_parents,
        amount=adjusted.amount,
    )
