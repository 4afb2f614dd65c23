"""What became of each right: its last decided amounts, from what funding said, in euros."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from shared.contracts.base import WireModel
from shared.contracts.envelope import decode
from shared.contracts.funding import (
    AdjustmentDecided,
    BalanceSettled,
    FundingAmended,
    FundingCancelled,
    FundingDeferred,
    FundingGranted,
)
from shared.kernel.money import ZERO
from shared.kernel.ports import OutgoingMessage

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SimulatedRight:
    """One school year of a dossier. `rules` are those it waits for; amounts are then zero."""

    caf: str
    dossier_id: str
    school_year: str
    gestionnaire: str = ""
    ps: Decimal = ZERO
    bonus: Decimal = ZERO
    rules: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal:
        """Ps and bonus: granted, then settled, then adjusted."""
        return self.ps + self.bonus

    @property
    def waits(self) -> bool:
        """Whether it is not granted yet."""
        return bool(self.rules)


Rights = dict[Key, SimulatedRight]


def rights(said: Iterable[OutgoingMessage], school_year: str) -> Rights:
    """Follow each right of a school year through what funding said, in order."""
    known: Rights = {}
    for output in said:
        name = output.routing_key.partition(".")[0]
        if change := CHANGES.get(name):
            _follow(known, decode(output.body).data, change, school_year)
    return known


def _follow(known: Rights, event: WireModel, change: "Change", school_year: str) -> None:
    concerned: Any = event
    if concerned.school_year == school_year:
        key = (concerned.dossier_id, school_year)
        blank = SimulatedRight(concerned.caf, concerned.dossier_id, school_year)
        known[key] = change(known.get(key, blank), concerned)


Change = Callable[[SimulatedRight, Any], SimulatedRight]


def _granted(right: SimulatedRight, event: FundingGranted) -> SimulatedRight:
    name = event.gestionnaire.name
    return replace(right, gestionnaire=name, ps=event.ps_total, bonus=event.bonus_total, rules=())


def _deferred(right: SimulatedRight, event: FundingDeferred) -> SimulatedRight:
    return replace(right, rules=tuple(dict.fromkeys(reason.rule for reason in event.reasons)))


def _settled(right: SimulatedRight, event: BalanceSettled) -> SimulatedRight:
    return replace(right, ps=event.final_ps, bonus=event.final_bonus)


def _adjusted(right: SimulatedRight, event: AdjustmentDecided) -> SimulatedRight:
    by = event.components
    bonus = right.bonus + by.bonus_enfants + by.bonus_parents
    return replace(right, ps=right.ps + by.part_n + by.part_n1, bonus=bonus)


def _cancelled(right: SimulatedRight, event: FundingCancelled) -> SimulatedRight:  # noqa: ARG001
    return replace(right, ps=ZERO, bonus=ZERO, rules=())


CHANGES: dict[str, Change] = {
    event.__name__: change
    for event, change in (
        (FundingGranted, _granted),
        (FundingAmended, _granted),
        (FundingDeferred, _deferred),
        (BalanceSettled, _settled),
        (AdjustmentDecided, _adjusted),
        (FundingCancelled, _cancelled),
    )
}
