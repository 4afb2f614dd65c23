"""The four amounts of a school year, as events of funding decide them. In euros."""

from decimal import Decimal
from typing import NamedTuple

from shared.contracts.funding import AdjustmentDecided, BalanceSettled, FundingGranted
from shared.kernel.money import ZERO


class Amounts(NamedTuple):
    """The parts of the Ps and the bonuses of one school year; differences have either sign."""

    part_n: Decimal
    part_n1: Decimal
    bonus_enfants: Decimal
    bonus_parents: Decimal

    @property
    def ps(self) -> Decimal:
        """Both parts of the Ps."""
        return self.part_n + self.part_n1

    @property
    def bonus(self) -> Decimal:
        """Both bonuses."""
        return self.bonus_enfants + self.bonus_parents

    @property
    def total(self) -> Decimal:
        """Ps and bonuses."""
        return self.ps + self.bonus

    @property
    def by_origin(self) -> tuple[Decimal, Decimal]:
        """The amounts of exercise N, then N + 1: bonuses belong to N + 1 [BON-14]."""
        return (self.part_n, self.part_n1 + self.bonus)

    def plus(self, other: "Amounts") -> "Amounts":
        """Return the sum, part by part."""
        return Amounts(*(one + more for one, more in zip(self, other, strict=True)))


NO_AMOUNTS = Amounts(ZERO, ZERO, ZERO, ZERO)


def granted_amounts(grant: FundingGranted) -> Amounts:
    """Return the amounts of a grant or of an amendment."""
    return Amounts(grant.part_n, grant.part_n1, grant.bonus_enfants, grant.bonus_parents)


def settled_amounts(settled: BalanceSettled) -> Amounts:
    """Return the amounts of a balance."""
    return Amounts(
        settled.final_part_n,
        settled.final_part_n1,
        settled.final_bonus_enfants,
        settled.final_bonus_parents,
    )


def control_amounts(control: AdjustmentDecided) -> Amounts:
    """Return what a control changes."""
    changed = control.components
    return Amounts(changed.part_n, changed.part_n1, changed.bonus_enfants, changed.bonus_parents)
