"""Sentences about the amounts of a school year: calculated, paid, and why the two differ."""

from collections.abc import Iterator
from decimal import Decimal

from services.funding.right_amounts import RightAmounts
from shared.contracts.funding import (
    AdjustmentDecided,
    AdvanceReversed,
    BalanceSettled,
    Cap80,
    FundingCancelled,
    FundingGranted,
)
from shared.french import euros
from shared.kernel.money import ZERO

MINUS = "\N{MINUS SIGN}"
ADJUSTMENTS = {"rappel": "à verser en plus", "indu": "à rembourser", "none": "sans suite"}


def amount_texts(amounts: RightAmounts) -> Iterator[str]:
    """Yield what is due, what is paid or to be paid, and each reason why they differ."""
    granted = amounts.granted
    yield f"Calculé : {_due(granted.ps_total, granted.bonus_total)}."
    yield from _cap(granted.cap80, "accord")
    if amounts.settled:
        yield from _settled(granted, amounts.settled)
    elif amounts.cancelled:
        yield _cancelled(amounts.cancelled)
    else:
        yield from _before_balance(amounts)
    yield from (_reversal(reversal) for reversal in amounts.reversals)
    yield from (_adjustment(adjustment) for adjustment in amounts.adjustments)
    yield "Le paiement lui-même est fait par Sias, hors de ce système [CPT-13]."


def _due(ps: Decimal, bonus: Decimal) -> str:
    return f"Ps {euros(ps)} et bonus {euros(bonus)}, soit {euros(ps + bonus)}"


def _cap(cap: Cap80, moment: str) -> Iterator[str]:
    if cap.excess:
        yield (
            f"Le plafond des 80 % ({euros(cap.ceiling)}) est dépassé de {euros(cap.excess)} à"
            f" l’{moment} : {euros(cap.cut_from_bonus)} sont retirés des bonus et"
            f" {euros(cap.cut_from_ps)} de la Ps [COF-02]."
        )


def _before_balance(amounts: RightAmounts) -> Iterator[str]:
    paid = amounts.paid
    yield f"Versé à ce jour : {euros(paid)} d’acomptes ; reste {euros(amounts.due - paid)}."
    for exercise, ceiling in amounts.ceilings.items():
        left = ceiling - amounts.paid_on(exercise)
        yield (
            f"Sur {exercise}, les acomptes vont jusqu’à {euros(ceiling)} : il reste"
            f" {euros(left)} possibles."
        )
    yield (
        "La différence vient de ce que les acomptes s’arrêtent à 70 % de chaque part et ne portent"
        " pas sur les bonus [ACO-01, ACO-03, BON-14] : le reste vient au solde, sur les comptes"
        " définitifs et le bilan [SOL-03]."
    )


def _settled(granted: FundingGranted, settled: BalanceSettled) -> Iterator[str]:
    yield f"Dû au solde : {_due(settled.final_ps, settled.final_bonus)}."
    yield from _final_difference(granted, settled)
    yield from _cap(settled.cap80, "arrêté du solde")
    advances = settled.advances_n + settled.advances_n1
    yield f"Acomptes : {euros(advances)} ; dû moins acomptes : {_signed(settled.net)}."
    for indu in settled.indus:
        yield (
            f"Sur {indu.exercise}, les acomptes dépassent ce qui est dû : {euros(indu.amount)}"
            " sont à rembourser, sans compensation avec l’autre exercice [CPT-05]."
        )
    if not settled.indus and settled.net:
        yield f"À verser au solde : {euros(settled.net)}."


def _final_difference(granted: FundingGranted, settled: BalanceSettled) -> Iterator[str]:
    final = settled.final_ps + settled.final_bonus
    forecast = granted.ps_total + granted.bonus_total
    if final != forecast:
        direction = "de moins" if final < forecast else "de plus"
        yield (
            f"C’est {euros(abs(final - forecast))} {direction} que prévu : le solde se calcule sur"
            f" les comptes définitifs. {_changed_costs(granted, settled)}"
        )


def _changed_costs(granted: FundingGranted, settled: BalanceSettled) -> str:
    """Name the collectifs that did not run or whose cost changed."""
    forecast = {collectif.collectif_id: collectif.cost for collectif in granted.collectifs}
    changes = []
    for collectif in settled.collectifs:
        expected = forecast.get(collectif.collectif_id, collectif.cost)
        if not collectif.ran:
            changes.append(f"{collectif.collectif_id} n’a pas fonctionné")
        elif collectif.cost != expected:
            cost = f"{euros(collectif.cost)} au lieu de {euros(expected)}"
            changes.append(f"{collectif.collectif_id} a coûté {cost}")
    return f"{' ; '.join(changes)}." if changes else "Les bonus faits ne sont pas ceux accordés."


def _cancelled(cancelled: FundingCancelled) -> str:
    advances = cancelled.advances_n + cancelled.advances_n1
    return (
        f"Droit annulé ({cancelled.motive}) : plus rien n’est dû, et les {euros(advances)}"
        " d’acomptes sont à rembourser."
    )


def _reversal(reversal: AdvanceReversed) -> str:
    return (
        f"L’acompte {reversal.order_id} de {euros(reversal.amount)} est annulé"
        f" ({reversal.motive}) : il ne compte plus."
    )


def _adjustment(adjustment: AdjustmentDecided) -> str:
    amount = euros(abs(adjustment.amount))
    return f"Contrôle {adjustment.control_id} : {amount}, {ADJUSTMENTS[adjustment.kind]} [CTL-06]."


def _signed(amount: Decimal) -> str:
    return euros(amount) if amount >= ZERO else f"{MINUS}{euros(-amount)}"
