"""Values of a grant: parts, settlement, advances, reversals and adjustments."""

from shared.contracts.base import WireModel
from shared.contracts.types import Exercise, Id, Money, SignedMoney


class Parts(WireModel):
    """Amounts due for each exercise, in euros, without the bonus."""

    part_n: Money
    part_n1: Money


class Settlement(Parts):
    """Final amounts due, in euros; all zero once the grant is cancelled."""

    bonus: Money


class Advance(WireModel):
    """An advance in euros: the exercise it is for (`origin`) and the one that booked it.

    `late`: part N was accrued before it, so it is charged to the accrual.
    """

    order_id: Id
    origin: Exercise
    booked: Exercise
    amount: Money
    late: bool = False


class Reversal(WireModel):
    """The reversal of an advance, in euros, and the exercise that booked it."""

    order_id: Id
    booked: Exercise
    amount: Money


class Adjustment(WireModel):
    """The total change made by a control, in euros, of either sign."""

    control_id: Id
    amount: SignedMoney
