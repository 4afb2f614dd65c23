"""Values stored with a grant once its accounts are settled, or once it is cancelled."""

from decimal import Decimal
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from shared.contracts.types import Day, Money


class Stored(BaseModel):
    """A part of a state."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    def with_changes(self, **changes: Any) -> Self:
        """Return a copy with fields replaced; their types are not validated."""
        return self.model_copy(update=changes)


class Due(Stored):
    """The amounts due for one school year after the 80 % cap, in euros."""

    part_n: Money
    part_n1: Money
    bonus_enfants: Money
    bonus_parents: Money

    @property
    def bonus(self) -> Decimal:
        """Both bonuses."""
        return self.bonus_enfants + self.bonus_parents

    @property
    def by_exercise(self) -> tuple[Decimal, Decimal]:
        """Amounts due on exercise N, then N+1; bonuses are due whole in N+1 [BON-14]."""
        return (self.part_n, self.part_n1 + self.bonus)


class Settlement(Stored):
    """Accounts that settled a balance; `content` is their content hash.

    `due` are the last decided amounts: those of the balance, then of each later control.
    """

    content: str
    filed_on: Day
    due: Due


class Cancellation(Stored):
    """The cancellation of a grant; `content` is the hash of the order or of the amendment."""

    content: str
    cancelled_on: Day
