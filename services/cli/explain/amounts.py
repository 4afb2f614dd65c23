"""Sentences about the amounts of a school year: calculated, paid, and why the two differ."""

from collections.abc import Iterator
from decimal import Decimal

from services.funding.right_amounts import CostChange, RightAmounts
from shared.contracts.funding import (
    AdvanceReversed,
    BalanceSettled,
    Cap80,
    FundingCancelled,
)
from shared.contracts.sentences.by_event import sentences_of
from shared.french import euros
from shared.kernel.money import ZERO

MINUS = "\N{MINUS SIGN}"


def amount_texts(amounts: RightAmounts) -> Iterator[str]:
    """Yield the amount due, the amount paid or payable, and each reason why they differ."""
    granted = amounts.granted
    yield f"Calculé : {_due(granted.ps_total, granted.bonus_total, amounts.due)}."
    yield from _cap(granted.cap80, "accord")
    if amounts.settled:
        yield from _settled(amounts, amounts.settled)
    elif amounts.cancelled:
        yield _cancelled(amounts, amounts.cancelled)
    else:
        yield from _before_balance(amounts)
    yield from (_reversal(reversal) for reversal in amounts.reversals)
    yield from (f"{sentences_of(event).title} [CTL-06]." for event in amounts.adjustments)
    yield "Le paiement lui-même est fait par Sias, hors de ce système [CPT-13]."


def _due(ps: Decimal, bonus: Decimal, due: Decimal) -> str:
    return f"Ps {euros(ps)} et bonus {euros(bonus)}, soit {euros(due)}"


def _cap(cap: Cap80, moment: str) -> Iterator[str]:
    if cap.excess:
        yield (
            f"Le plafond des 80 % ({euros(cap.ceiling)}) est dépassé de {euros(cap.excess)} à"
            f" l’{moment} : {euros(cap.cut_from_bonus)} sont retirés des bonus et"
            f" {euros(cap.cut_from_ps)} de la Ps [COF-02]."
        )


def _before_balance(amounts: RightAmounts) -> Iterator[str]:
    paid, left = euros(amounts.paid), euros(amounts.left)
    yield f"Versé à ce jour : {paid} d’acomptes ; reste {left}."
    for exercise, ceiling in amounts.ceilings.items():
        yield (
            f"Sur {exercise}, les acomptes vont jusqu’à {euros(ceiling)} : il reste"
            f" {euros(amounts.left_on(exercise))} possibles."
        )
    yield (
        "La différence vient de ce que les acomptes s’arrêtent à 70 % de chaque part et ne portent"
        " pas sur les bonus [ACO-01, ACO-03, BON-14] : le reste vient au solde, sur les comptes"
        " définitifs et le bilan [SOL-03]."
    )


def _settled(amounts: RightAmounts, settled: BalanceSettled) -> Iterator[str]:
    final = _due(settled.final_ps, settled.final_bonus, amounts.final or ZERO)
    yield f"Dû au solde : {final}."
    yield from _final_difference(amounts)
    yield from _cap(settled.cap80, "arrêté du solde")
    advances = euros(amounts.final_advances)
    yield f"Acomptes : {advances} ; dû moins acomptes : {_signed(settled.net)}."
    for indu in settled.indus:
        yield (
            f"Sur {indu.exercise}, les acomptes dépassent ce qui est dû : {euros(indu.amount)}"
            " sont à rembourser, sans compensation avec l’autre exercice [CPT-05]."
        )
    if not settled.indus and settled.net:
        yield f"À verser au solde : {euros(settled.net)}."


def _final_difference(amounts: RightAmounts) -> Iterator[str]:
    if difference := amounts.final_difference:
        direction = "de moins" if difference < ZERO else "de plus"
        changes = " ; ".join(map(_cost_change, amounts.cost_changes))
        reasons = changes or "Les bonus faits ne sont pas ceux accordés"
        yield (
            f"C’est {euros(abs(difference))} {direction} que prévu : le solde se calcule sur"
            f" les comptes définitifs. {reasons}."
        )


def _cost_change(change: CostChange) -> str:
    if not change.ran:
        return f"{change.collectif_id} n’a pas fonctionné"
    cost = f"{euros(change.actual)} au lieu de {euros(change.forecast)}"
    return f"{change.collectif_id} a coûté {cost}"


def _cancelled(amounts: RightAmounts, cancelled: FundingCancelled) -> str:
    return (
        f"Droit annulé ({cancelled.motive}) : plus rien n’est dû, et les"
        f" {euros(amounts.final_advances)} d’acomptes sont à rembourser."
    )


def _reversal(reversal: AdvanceReversed) -> str:
    return (
        f"L’acompte {reversal.order_id} de {euros(reversal.amount)} est annulé"
        f" ({reversal.motive}) : il ne compte plus."
    )


def _signed(amount: Decimal) -> str:
    return euros(amount) if amount >= ZERO else f"{MINUS}{euros(-amount)}"
