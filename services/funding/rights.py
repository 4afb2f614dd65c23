"""The projection of the events of funding: every right, and the agrements behind them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from services.funding.right import Key, Right
from shared.contracts.base import WireModel
from shared.contracts.caf import ConventionSigned
from shared.contracts.common import Payee
from shared.contracts.eligibility import (
    AgrementAmended,
    AgrementContent,
    AgrementGranted,
    AgrementRegistered,
)
from shared.contracts.funding import (
    AdjustmentDecided,
    AdvanceGranted,
    AdvanceReversed,
    BalanceRefused,
    BalanceSettled,
    FundingAmended,
    FundingCancelled,
    FundingDeferred,
    FundingGranted,
    FundingRefused,
)


@dataclass(frozen=True, slots=True)
class Rights:
    """Rights by key; by dossier its agrement, last covered year and first convention day."""

    by_key: dict[Key, Right] = field(default_factory=dict)
    agrements: dict[str, AgrementContent] = field(default_factory=dict)
    covered_until: dict[str, str | None] = field(default_factory=dict)
    conventions: dict[str, date] = field(default_factory=dict)

    @property
    def grants(self) -> list[FundingGranted]:
        """The last grant or amendment of each right, also of cancelled ones."""
        return [right.granted for right in self.by_key.values() if right.granted]

    def in_order(self) -> list[Right]:
        """Return every right, by dossier, then school year."""
        return [right for _, right in sorted(self.by_key.items())]

    def of_year(self, school_year: str) -> list[Right]:
        """Return the rights of a school year, by dossier."""
        return [right for right in self.in_order() if right.school_year == school_year]

    def payee(self, right: Right) -> Payee | None:
        """Return the gestionnaire of a right."""
        if right.granted:
            return right.granted.gestionnaire
        agrement = self.agrements.get(right.dossier_id)
        return agrement.gestionnaire if agrement else None

    def apply(self, event: Any) -> None:
        """Apply an event that funding received or published; one without effect is ignored."""
        if isinstance(event, AgrementContent):
            self.agrements[event.dossier_id] = event
            self.covered_until[event.dossier_id] = event.multi_year_until
        elif isinstance(event, AgrementAmended):
            self.covered_until[event.dossier_id] = event.multi_year_until
        elif isinstance(event, ConventionSigned):
            earliest = self.conventions.get(event.dossier_id, event.signed_on)
            self.conventions[event.dossier_id] = min(earliest, event.signed_on)
        elif change := CHANGES.get(type(event)):
            key = (event.dossier_id, event.school_year)
            self.by_key[key] = change(self.by_key.get(key) or Right(event.caf, *key), event)


def rights_of(events: Iterable[WireModel]) -> Rights:
    """Return the rights after these events, received and published by funding, in order."""
    rights = Rights()
    for event in events:
        rights.apply(event)
    return rights


def _granted(right: Right, event: FundingGranted) -> Right:
    return replace(right, caf=event.caf, grants=(*right.grants, event), deferred=None)


def _deferred(right: Right, event: FundingDeferred) -> Right:
    return replace(right, caf=event.caf, deferred=event)


def _refused(right: Right, event: FundingRefused) -> Right:  # noqa: ARG001
    return replace(right, deferred=None)


def _advanced(right: Right, event: AdvanceGranted) -> Right:
    return replace(right, orders=(*right.orders, event))


def _reversed(right: Right, event: AdvanceReversed) -> Right:
    return replace(right, reversals=(*right.reversals, event))


def _not_settled(right: Right, event: BalanceRefused) -> Right:
    return replace(right, balance_refusal=event)


def _settled(right: Right, event: BalanceSettled) -> Right:
    return replace(right, settled=event, balance_refusal=None)


def _adjusted(right: Right, event: AdjustmentDecided) -> Right:
    return replace(right, adjustments=(*right.adjustments, event))


def _cancelled(right: Right, event: FundingCancelled) -> Right:
    return replace(right, cancelled=event, deferred=None)


CHANGES: dict[type[WireModel], Callable[[Right, Any], Right]] = {
    FundingGranted: _granted,
    FundingAmended: _granted,
    FundingDeferred: _deferred,
    FundingRefused: _refused,
    AdvanceGranted: _advanced,
    AdvanceReversed: _reversed,
    BalanceRefused: _not_settled,
    BalanceSettled: _settled,
    AdjustmentDecided: _adjusted,
    FundingCancelled: _cancelled,
}
EVENT_NAMES = frozenset(model.__name__ for model in CHANGES)
WANTED: tuple[type[WireModel], ...] = (
    *(AgrementGranted, AgrementRegistered, AgrementAmended, ConventionSigned),
    *CHANGES,
)
