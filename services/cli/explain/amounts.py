"""Sentences about the amounts of a school year: calculated, paid, and why the two differ."""

from collections.abc import Iterator
from decimal import Decimal

from services.funding.amounts import Amounts, settled_amounts
from services.funding.right import Right
from shared.contracts.funding import (
    AdvanceReversed,
    BalanceSettled,
    Cap80,
    FundingCancelled,
    FundingGranted,
)
from shared.contracts.sentences.by_event import sentences_of
from shared.french import euros, unended
from shared.kernel.money import ZERO

MINUS = "\N{MINUS SIGN}"


def amount_texts(right: Right, granted: FundingGranted) -> Iterator[str]:
    """Yield the amount due, the amount paid or payable, and each reason why they differ.

    `granted` is the last grant of the right.
    """
    yield f"Calculé : {_due(right.forecast)}."
    yield from _cap(granted.cap80, "accord")
    if right.settled:
        yield from _settled(right, granted, right.settled)
    elif right.cancelled:
        yield _cancelled(right, right.cancelled)
    else:
        yield from _before_balance(right)
    yield from (_reversal(reversal) for reversal in right.reversals)
    yield from (f"{sentences_of(event).title} [CTL-06]." for event in right.adjustments)
    yield "Le paiement lui-même est fait par Sias, hors de ce système [CPT-13]."


def _due(due: Amounts) -> str:
    return f"Ps {euros(due.ps)} et bonus {euros(due.bonus)}, soit {euros(due.total)}"


def _cap(cap: Cap80, moment: str) -> Iterator[str]:
    if cap.excess:
        yield (
            f"Le plafond des 80 % ({euros(cap.ceiling)}) est dépassé de {euros(cap.excess)} à"
            f" l’{moment} : {euros(cap.cut_from_bonus)} sont retirés des bonus et"
            f" {euros(cap.cut_from_ps)} de la Ps [COF-02]."
        )


def _before_balance(right: Right) -> Iterator[str]:
    left = right.forecast.total - right.advanced
    yield f"Versé à ce jour : {euros(right.advanced)} d’acomptes ; reste {euros(left)}."
    for exercise, ceiling in right.ceilings.items():
        yield (
            f"Sur {exercise}, les acomptes vont jusqu’à {euros(ceiling)} : il reste"
            f" {euros(ceiling - right.advanced_on(exercise))} possibles."
        )
    yield (
        "La différence vient de ce que les acomptes s’arrêtent à 70 % de chaque part et ne portent"
        " pas sur les bonus [ACO-01, ACO-03, BON-14] : le reste vient au solde, sur les comptes"
        " définitifs et le bilan [SOL-03]."
    )


def _settled(right: Right, granted: FundingGranted, settled: BalanceSettled) -> Iterator[str]:
    final = settled_amounts(settled)
    yield f"Dû au solde : {_due(final)}."
    if difference := final.total - right.forecast.total:
        yield _difference(difference, " ; ".join(_cost_changes(granted, settled)))
    yield from _cap(settled.cap80, "arrêté du solde")
    advances = euros(right.final_advances)
    yield f"Acomptes : {advances} ; dû moins acomptes : {_signed(settled.net)}."
    for indu in settled.indus:
        yield (
            f"Sur {indu.exercise}, les acomptes dépassent ce qui est dû : {euros(indu.amount)}"
            " sont à rembourser, sans compensation avec l’autre exercice [CPT-05]."
        )
    if not settled.indus and settled.net:
        yield f"À verser au solde : {euros(settled.net)}."


def _difference(difference: Decimal, cost_changes: str) -> str:
    direction = "de moins" if difference < ZERO else "de plus"
    reasons = cost_changes or "Les bonus faits ne sont pas ceux accordés"
    return (
        f"C’est {euros(abs(difference))} {direction} que prévu : le solde se calcule sur"
        f" les comptes définitifs. {reasons}."
    )


def _cost_changes(granted: FundingGranted, settled: BalanceSettled) -> Iterator[str]:
    """Yield the collectifs that did not run, or whose cost is not its forecast."""
    forecasts = {collectif.collectif_id: collectif.cost for collectif in granted.collectifs}
    for collectif in settled.collectifs:
        name, cost = collectif.collectif_id, collectif.cost
        forecast = forecasts.get(name, cost)
        if not collectif.ran:
            yield f"{name} n’a pas fonctionné"
        elif cost != forecast:
            yield f"{name} a coûté {euros(cost)} au lieu de {euros(forecast)}"


def _cancelled(right: Right, cancelled: FundingCancelled) -> str:
    return (
        f"Droit annulé ({unended(cancelled.motive)}) : plus rien n’est dû, et les"
        f" {euros(right.final_advances)} d’acomptes sont à rembourser."
    )


def _reversal(reversal: AdvanceReversed) -> str:
    return (
        f"L’acompte {reversal.order_id} de {euros(reversal.amount)} est annulé"
        f" ({unended(reversal.motive)}) : il ne compte plus."
    )


def _signed(amount: Decimal) -> str:
    return euros(amount) if amount >= ZERO else f"{MINUS}{euros(-amount)}"
