"""What funding told of a grant: what is due, paid in advance, taken back, changed by a control."""

from shared.contracts.base import WireModel
from shared.contracts.types import Exercise, Id, Money, SignedMoney


class Parts(WireModel):
    """What is due for each exercise, in euros, without the bonus."""

    part_n: Money
    part_n1: Money


class Settlement(Parts):
    """What was due in the end, in euros: all zero once the right is cancelled."""

    bonus: Money


class Advance(WireModel):
    """An advance in euros: the exercise it is for (`origin`) and the one that booked it.

    `late`: part N was accrued before it, so it uses the accrual up.
    """

    order_id: Id
    origin: Exercise
    booked: Exercise
    amount: Money
    late: bool = False


class Reversal(WireModel):
    """An advance taken back, in euros, and the exercise that booked this."""

    order_id: Id
    booked: Exercise
    amount: Money


class Adjustment(WireModel):
    """What a control changed in all, in euros, either sign."""

    control_id: Id
    amount: SignedMoney
