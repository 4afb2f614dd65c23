"""Projection of the events of funding: the current rights of a Caf."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from shared.contracts.base import WireModel
from shared.contracts.caf import ConventionSigned
from shared.contracts.common import Payee
from shared.contracts.eligibility import (
    AgrementAmended,
    AgrementContent,
    AgrementGranted,
    AgrementRegistered,
)
from shared.contracts.envelope import Envelope
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
from shared.kernel.money import ZERO, total

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Right:
    """The right of a dossier for one school year: its latest events. Amounts in euros."""

    dossier_id: str
    school_year: str
    granted: FundingGranted | None = None
    deferred: FundingDeferred | None = None
    advances: tuple[AdvanceGranted, ...] = ()
    balance_refusal: BalanceRefused | None = None
    settled: BalanceSettled | None = None
    cancelled: FundingCancelled | None = None
    adjustments: tuple[AdjustmentDecided, ...] = ()

    @property
    def key(self) -> Key:
        """Dossier and school year."""
        return (self.dossier_id, self.school_year)

    @property
    def running_grant(self) -> FundingGranted | None:
        """The grant, None when there is none or it was cancelled."""
        return None if self.cancelled else self.granted

    @property
    def amount_settled(self) -> Decimal:
        """Ps and bonus of the balance, as controls changed them; zero before the balance."""
        if self.settled is None:
            return ZERO
        controls = total(control.amount for control in self.adjustments)
        return self.settled.final_ps + self.settled.final_bonus + controls

    @property
    def amount_advanced(self) -> Decimal:
        """The total of the advances that were not reversed."""
        return total(advance.amount for advance in self.advances)


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of a Caf by key; by dossier its agrement, last covered year and convention day."""

    by_key: dict[Key, Right] = field(default_factory=dict)
    agrements: dict[str, AgrementContent] = field(default_factory=dict)
    covered_until: dict[str, str | None] = field(default_factory=dict)
    conventions: dict[str, date] = field(default_factory=dict)

    @property
    def grants(self) -> list[FundingGranted]:
        """The last grant or amendment of each right, also of cancelled ones."""
        return [right.granted for right in self.by_key.values() if right.granted]

    def of_year(self, school_year: str) -> list[Right]:
        """Return the rights of a school year, by dossier."""
        return [right for key, right in sorted(self.by_key.items()) if key[1] == school_year]

    def payee(self, right: Right) -> Payee | None:
        """Return the gestionnaire of a right."""
        if right.granted:
            return right.granted.gestionnaire
        agrement = self.agrements.get(right.dossier_id)
        return agrement.gestionnaire if agrement else None


def rights_of(events: Iterable[Envelope]) -> Rights:
    """Return the rights after these events, received and published by funding, in order."""
    rights = Rights()
    for event in events:
        data: Any = event.data
        if isinstance(data, AgrementContent):
            rights.agrements[data.dossier_id] = data
            rights.covered_until[data.dossier_id] = data.multi_year_until
        elif isinstance(data, AgrementAmended):
            rights.covered_until[data.dossier_id] = data.multi_year_until
        elif isinstance(data, ConventionSigned):
            earliest = rights.conventions.get(data.dossier_id, data.signed_on)
            rights.conventions[data.dossier_id] = min(earliest, data.signed_on)
        elif change := CHANGES.get(type(data)):
            key = (data.dossier_id, data.school_year)
            rights.by_key[key] = change(rights.by_key.get(key) or Right(*key), data)
    return rights


def _granted(right: Right, event: FundingGranted) -> Right:
    return replace(right, granted=event, deferred=None)


def _deferred(right: Right, event: FundingDeferred) -> Right:
    return replace(right, deferred=event)


def _refused(right: Right, event: FundingRefused) -> Right:  # noqa: ARG001
    return replace(right, deferred=None)


def _advanced(right: Right, event: AdvanceGranted) -> Right:
    return replace(right, advances=(*right.advances, event))


def _reversed(right: Right, event: AdvanceReversed) -> Right:
    standing = tuple(advance for advance in right.advances if advance.order_id != event.order_id)
    return replace(right, advances=standing)


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
WANTED: tuple[type[WireModel], ...] = (
    *(AgrementGranted, AgrementRegistered, AgrementAmended, ConventionSigned),
    *CHANGES,
)
