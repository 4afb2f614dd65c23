"""Projection of the events of funding: the latest amounts of each right, in euros."""

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
    """The right of a dossier for one school year. `rules`: why it is deferred; amounts are zero."""

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
        """Whether it is deferred."""
        return bool(self.rules)


Rights = dict[Key, SimulatedRight]


def rights(outputs: Iterable[OutgoingMessage], school_year: str) -> Rights:
    """Return the rights of a school year after these events of funding, in order."""
    by_key: Rights = {}
    for output in outputs:
        name = output.routing_key.partition(".")[0]
        if change := CHANGES.get(name):
            _apply(by_key, decode(output.body).data, change, school_year)
    return by_key


def _apply(by_key: Rights, event: WireModel, change: "Change", school_year: str) -> None:
    data: Any = event
    if data.school_year == school_year:
        key = (data.dossier_id, school_year)
        blank = SimulatedRight(data.caf, data.dossier_id, school_year)
        by_key[key] = change(by_key.get(key, blank), data)


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
