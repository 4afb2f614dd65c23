"""Each right of a Caf as it stands: what funding heard and said, folded in order."""

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
    """One school year of a dossier: the last that was said on each point. Amounts in euros."""

    dossier_id: str
    school_year: str
    granted: FundingGranted | None = None
    deferred: FundingDeferred | None = None
    advances: tuple[AdvanceGranted, ...] = ()
    refused: BalanceRefused | None = None
    settled: BalanceSettled | None = None
    cancelled: FundingCancelled | None = None
    adjusted: tuple[AdjustmentDecided, ...] = ()

    @property
    def key(self) -> Key:
        """Dossier and school year."""
        return (self.dossier_id, self.school_year)

    @property
    def is_running(self) -> FundingGranted | None:
        """What is granted, unless it was cancelled."""
        return None if self.cancelled else self.granted

    @property
    def amount_settled(self) -> Decimal:
        """Ps and bonus of the balance, as controls changed them; zero before the balance."""
        if self.settled is None:
            return ZERO
        controls = total(control.amount for control in self.adjusted)
        return self.settled.final_ps + self.settled.final_bonus + controls

    @property
    def amount_advanced(self) -> Decimal:
        """All advances that stand."""
        return total(advance.amount for advance in self.advances)


@dataclass(frozen=True, slots=True)
class Rights:
    """All rights of a Caf; agrements, their last year and conventions by dossier."""

    rights: dict[Key, Right] = field(default_factory=dict)
    agrements: dict[str, AgrementContent] = field(default_factory=dict)
    until: dict[str, str | None] = field(default_factory=dict)
    conventions: dict[str, date] = field(default_factory=dict)

    def of(self, school_year: str) -> list[Right]:
        """Return the rights of a school year, by dossier."""
        return [life for key, life in sorted(self.rights.items()) if key[1] == school_year]

    def payee(self, life: Right) -> Payee | None:
        """Return the gestionnaire of a right."""
        if life.granted:
            return life.granted.gestionnaire
        known = self.agrements.get(life.dossier_id)
        return known.gestionnaire if known else None


def rights_of(events: Iterable[Envelope]) -> Rights:
    """Fold what funding received and said, in its order."""
    found = Rights()
    for event in events:
        data: Any = event.data
        if isinstance(data, AgrementContent):
            found.agrements[data.dossier_id] = data
            found.until[data.dossier_id] = data.multi_year_until
        elif isinstance(data, AgrementAmended):
            found.until[data.dossier_id] = data.multi_year_until
        elif isinstance(data, ConventionSigned):
            known = found.conventions.get(data.dossier_id, data.signed_on)
            found.conventions[data.dossier_id] = min(known, data.signed_on)
        elif change := CHANGES.get(type(data)):
            key = (data.dossier_id, data.school_year)
            found.rights[key] = change(found.rights.get(key) or Right(*key), data)
    return found


def _granted(life: Right, event: FundingGranted) -> Right:
    return replace(life, granted=event, deferred=None)


def _deferred(life: Right, event: FundingDeferred) -> Right:
    return replace(life, deferred=event)


def _refused(life: Right, event: FundingRefused) -> Right:  # noqa: ARG001
    return replace(life, deferred=None)


def _advanced(life: Right, event: AdvanceGranted) -> Right:
    return replace(life, advances=(*life.advances, event))


def _reversed(life: Right, event: AdvanceReversed) -> Right:
    kept = tuple(advance for advance in life.advances if advance.order_id != event.order_id)
    return replace(life, advances=kept)


def _not_settled(life: Right, event: BalanceRefused) -> Right:
    return replace(life, refused=event)


def _settled(life: Right, event: BalanceSettled) -> Right:
    return replace(life, settled=event, refused=None)


def _adjusted(life: Right, event: AdjustmentDecided) -> Right:
    return replace(life, adjusted=(*life.adjusted, event))


def _cancelled(life: Right, event: FundingCancelled) -> Right:
    return replace(life, cancelled=event, deferred=None)


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
