"""The dated parameters of funding, and the terms that apply to one school year."""

from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from shared.contracts.types import BonusKind, Count, Money, PublicText, Share
from shared.kernel.effective_dated import ByStartYear, UnknownYearError


class Sourced(BaseModel):
    """A parameter with its source: document and passage."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    source: PublicText


class Bareme(Sourced):
    """The prices of one school year, in euros per collectif [PRX-03, PRX-04, BON-01…04]."""

    plafond: Money
    ps_max: Money
    bonus_enfants: Money
    bonus_parents: Money

    @property
    def prices(self) -> tuple[Decimal, ...]:
        """The amounts: baremes with the same amounts are equal, whatever their source."""
        return (self.plafond, self.ps_max, self.bonus_enfants, self.bonus_parents)

    def bonus(self, kind: BonusKind) -> Decimal:
        """Return the rate of a bonus, in euros per collectif."""
        return self.bonus_enfants if kind == "enfants" else self.bonus_parents


class Shares(Sourced):
    """The share of the cost that the Ps covers, and the share of the Ps that is part N."""

    ps: Share
    part_n: Share


class Ceilings(Sourced):
    """Maximum shares: branche Famille of the cost, advances of the Ps for N and for N+1."""

    branche_famille: Share
    advances_n: Share
    advances_n1: Share


class BonusRight(Sourced):
    """Whether bonuses exist [BON-01]."""

    exist: bool


class BudgetGap(Sourced):
    """Share of the annual cost above which a gap of the budget is remarked on [COF-05]."""

    share: Share


class ContradictoryPeriod(Sourced):
    """Time for a gestionnaire to answer the observations of a control, in days [CTL-02]."""

    days: Count


@dataclass(frozen=True, slots=True)
class Terms:
    """The parameters of one school year: all values are those of its start year [PRX-07]."""

    start_year: int
    bareme: Bareme
    shares: Shares
    ceilings: Ceilings
    bonuses: BonusRight


@dataclass(frozen=True, slots=True)
class FundingParameters:
    """The built-in parameters."""

    baremes: ByStartYear[Bareme]
    shares: ByStartYear[Shares]
    ceilings: ByStartYear[Ceilings]
    bonuses: ByStartYear[BonusRight]
    contradictory_periods: ByStartYear[ContradictoryPeriod]
    budget_gap: ByStartYear[BudgetGap]

    def bareme(self, start_year: int, published: Bareme | None) -> Bareme | None:
        """Return the bareme of exactly this year, published or built in; None if there is none."""
        return published or self.baremes.for_year(start_year)

    def terms(self, start_year: int, published: Bareme | None) -> Terms | None:
        """Return the terms of a school year, or None while its bareme is missing [PRX-07].

        Shares, ceilings and the right to bonuses stay in force for later years; a bareme applies
        to its own year only.
        """
        if (bareme := self.bareme(start_year, published)) is None:
            return None
        try:
            return Terms(
                start_year=start_year,
                bareme=bareme,
                shares=self.shares.in_force_on(start_year),
                ceilings=self.ceilings.in_force_on(start_year),
                bonuses=self.bonuses.in_force_on(start_year),
            )
        except UnknownYearError:
            return None
