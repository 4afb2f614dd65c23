"""What was calculated, what was paid, and why the two differ, school year by school year."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from shared.contracts.base import WireModel
from shared.contracts.funding import (
    AdjustmentDecided,
    AdvanceGranted,
    AdvanceReversed,
    BalanceSettled,
    Cap80,
    FundingCancelled,
    FundingGranted,
)
from shared.french import euros
from shared.kernel.calendar import start_year
from shared.kernel.money import ZERO, total

MINUS = "\N{MINUS SIGN}"


@dataclass(slots=True)
class RightAmounts:
    """One school year: what was said of its amounts; the last of each kind counts."""

    school_year: str
    granted: FundingGranted | None = None
    settled: BalanceSettled | None = None
    cancelled: FundingCancelled | None = None
    advances: dict[str, AdvanceGranted] = field(default_factory=dict)
    reversed: list[AdvanceReversed] = field(default_factory=list)
    adjusted: list[AdjustmentDecided] = field(default_factory=list)

    def take(self, event: WireModel) -> None:
        """Note what an event says of the amounts."""
        if isinstance(event, FundingGranted):
            self.granted = event
        elif isinstance(event, BalanceSettled):
            self.settled = event
        elif isinstance(event, FundingCancelled):
            self.cancelled = event
        elif isinstance(event, AdvanceGranted):
            self.advances[event.order_id] = event
        elif isinstance(event, AdvanceReversed):
            self.advances.pop(event.order_id, None)
            self.reversed.append(event)
        elif isinstance(event, AdjustmentDecided):
            self.adjusted.append(event)

    def paid(self, exercise: int) -> Decimal:
        """Return the advances of an exercise that stand, in euros."""
        return total(each.amount for each in self.advances.values() if each.exercise == exercise)


def accounts(said: Iterable[WireModel]) -> list[RightAmounts]:
    """Return the school years that got a grant, in their order."""
    found: dict[str, RightAmounts] = {}
    for event in said:
        year = getattr(event, "school_year", None)
        if isinstance(year, str):
            found.setdefault(year, RightAmounts(year)).take(event)
    return [found[year] for year in sorted(found) if found[year].granted]


def amounts(account: RightAmounts) -> Iterator[str]:
    """Yield what is due, what is paid or to be paid, and each reason why they differ."""
    granted = account.granted
    assert granted is not None
    yield f"Calculé : {_due(granted.ps_total, granted.bonus_total)}."
    yield from _cap(granted.cap80, "accord")
    if account.settled:
        yield from _settled(granted, account.settled)
    elif account.cancelled:
        yield from _cancelled(account.cancelled)
    else:
        yield from _before_the_balance(account, granted)
    for back in account.reversed:
        yield (
            f"L’acompte {back.order_id} de {euros(back.amount)} est annulé ({back.motive}) :"
            " il ne compte plus."
        )
    for adjusted in account.adjusted:
        yield _adjusted(adjusted)
    yield "Le paiement lui-même est fait par Sias, hors de ce système [CPT-13]."


def _due(ps: Decimal, bonus: Decimal) -> str:
    return f"Ps {euros(ps)} et bonus {euros(bonus)}, soit {euros(ps + bonus)}"


def _cap(cap: Cap80, when: str) -> Iterator[str]:
    if cap.excess:
        yield (
            f"Le plafond des 80 % ({euros(cap.ceiling)}) est dépassé de {euros(cap.excess)} à"
            f" l’{when} : {euros(cap.cut_from_bonus)} sont retirés des bonus et"
            f" {euros(cap.cut_from_ps)} de la Ps [COF-02]."
        )


def _before_the_balance(account: RightAmounts, granted: FundingGranted) -> Iterator[str]:
    first = start_year(account.school_year)
    paid = account.paid(first) + account.paid(first + 1)
    due = granted.ps_total + granted.bonus_total
    yield f"Versé à ce jour : {euros(paid)} d’acomptes ; reste {euros(due - paid)}."
    ceilings = (granted.advance_ceiling_n, granted.advance_ceiling_n1)
    for exercise, ceiling in zip((first, first + 1), ceilings, strict=True):
        left = ceiling - account.paid(exercise)
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
    final, before = settled.final_ps + settled.final_bonus, granted.ps_total + granted.bonus_total
    advances = settled.advances_n + settled.advances_n1
    yield f"Dû au solde : {_due(settled.final_ps, settled.final_bonus)}."
    if final != before:
        way = "de moins" if final < before else "de plus"
        yield (
            f"C’est {euros(abs(final - before))} {way} que prévu : le solde se calcule sur les"
            f" comptes définitifs. {_costs(granted, settled)}"
        )
    yield from _cap(settled.cap80, "arrêté du solde")
    yield f"Acomptes : {euros(advances)} ; dû moins acomptes : {_signed(settled.net)}."
    for indu in settled.indus:
        yield (
            f"Sur {indu.exercise}, les acomptes dépassent ce qui est dû : {euros(indu.amount)}"
            " sont à rembourser, sans compensation avec l’autre exercice [CPT-05]."
        )
    if not settled.indus and settled.net:
        yield f"À verser au solde : {euros(settled.net)}."


def _costs(granted: FundingGranted, settled: BalanceSettled) -> str:
    """Name the collectifs whose cost or running changed."""
    forecast = {each.collectif_id: each.cost for each in granted.collectifs}
    told = [
        f"{each.collectif_id} n’a pas fonctionné"
        if not each.ran
        else f"{each.collectif_id} a coûté {euros(each.cost)} au lieu de"
        f" {euros(forecast.get(each.collectif_id, each.cost))}"
        for each in settled.collectifs
        if not each.ran or each.cost != forecast.get(each.collectif_id, each.cost)
    ]
    return f"{' ; '.join(told)}." if told else "Les bonus faits ne sont pas ceux accordés."


def _cancelled(cancelled: FundingCancelled) -> Iterator[str]:
    advances = cancelled.advances_n + cancelled.advances_n1
    yield (
        f"Droit annulé ({cancelled.motive}) : plus rien n’est dû, et les {euros(advances)}"
        " d’acomptes sont à rembourser."
    )


def _adjusted(adjusted: AdjustmentDecided) -> str:
    kinds = {"rappel": "à verser en plus", "indu": "à rembourser", "none": "sans suite"}
    amount = euros(abs(adjusted.amount))
    return f"Contrôle {adjusted.control_id} : {amount}, {kinds[adjusted.kind]} [CTL-06]."


def _signed(amount: Decimal) -> str:
    return euros(amount) if amount >= ZERO else f"{MINUS}{euros(-amount)}"
