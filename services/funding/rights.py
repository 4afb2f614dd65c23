"""Each right of a Caf as it stands: what funding heard and said, folded in order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from shared.contracts.base import Wire
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
class Life:
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
    def runs(self) -> FundingGranted | None:
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
class Lives:
    """All rights of a Caf; agrements, their last year and conventions by dossier."""

    rights: dict[Key, Life] = field(default_factory=dict)
    agrements: dict[str, AgrementContent] = field(default_factory=dict)
    until: dict[str, str | None] = field(default_factory=dict)
    conventions: dict[str, date] = field(default_factory=dict)

    def of(self, school_year: str) -> list[Life]:
        """Return the rights of a school year, by dossier."""
        return [life for key, life in sorted(self.rights.items()) if key[1] == school_year]

    def payee(self, life: Life) -> Payee | None:
        """Return the gestionnaire of a right."""
        if life.granted:
            return life.granted.gestionnaire
        known = self.agrements.get(life.dossier_id)
        return known.gestionnaire if known else None


def lives(events: Iterable[Envelope]) -> Lives:
    """Fold what funding received and said, in its order."""
    found = Lives()
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
            found.rights[key] = change(found.rights.get(key) or Life(*key), data)
    return found


def _granted(life: Life, event: FundingGranted) -> Life:
    return replace(life, granted=event, deferred=None)


def _deferred(life: Life, event: FundingDeferred) -> Life:
    return replace(life, deferred=event)


def _refused(life: Life, event: FundingRefused) -> Life:  # noqa: ARG001
    return replace(life, deferred=None)


def _advanced(life: Life, event: AdvanceGranted) -> Life:
    return replace(life, advances=(*life.advances, event))


def _reversed(life: Life, event: AdvanceReversed) -> Life:
    kept = tuple(advance for advance in life.advances if advance.order_id != event.order_id)
    return replace(life, advances=kept)


def _not_settled(life: Life, event: BalanceRefused) -> Life:
    return replace(life, refused=event)


def _settled(life: Life, event: BalanceSettled) -> Life:
    return replace(life, settled=event, refused=None)


def _adjusted(life: Life, event: AdjustmentDecided) -> Life:
    return replace(life, adjusted=(*life.adjusted, event))


def _cancelled(life: Life, event: FundingCancelled) -> Life:
    return replace(life, cancelled=event, deferred=None)


CHANGES: dict[type[Wire], Callable[[Life, Any], Life]] = {
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
WANTED: tuple[type[Wire], ...] = (
    *(AgrementGranted, AgrementRegistered, AgrementAmended, ConventionSigned),
    *CHANGES,
)
