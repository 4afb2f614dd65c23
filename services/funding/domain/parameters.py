"""The dated parameters of funding, and the terms that they make for one school year."""

from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from shared.contracts.types import BonusKind, Count, Money, Share, Text
from shared.kernel.effective_dated import ByStartYear, UnknownYearError


class Sourced(BaseModel):
    """A parameter with the document and the passage that it comes from."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    source: Text


class Bareme(Sourced):
    """The prices of one school year, in euros per collectif [PRX-03, PRX-04, BON-01…04]."""

    plafond: Money
    ps_max: Money
    bonus_enfants: Money
    bonus_parents: Money

    @property
    def prices(self) -> tuple[Decimal, ...]:
        """The four amounts: two baremes are the same when these are, whatever their source."""
        return (self.plafond, self.ps_max, self.bonus_enfants, self.bonus_parents)

    def bonus(self, kind: BonusKind) -> Decimal:
        """Return the rate of a bonus, in euros per collectif."""
        return self.bonus_enfants if kind == "enfants" else self.bonus_parents


class Shares(Sourced):
    """The share of the cost that the Ps covers, and the share of the Ps that is part N."""

    ps: Share
    part_n: Share


class Ceilings(Sourced):
    """The branche Famille's share of the cost at most, the advances' share of the Ps at most."""

    branche_famille: Share
    advances_n: Share
    advances_n1: Share


class BonusRight(Sourced):
    """Whether bonuses exist [BON-01]."""

    exist: bool


class ContradictoryPeriod(Sourced):
    """How long a gestionnaire may answer the observations of a control, in days [CTL-02]."""

    days: Count


@dataclass(frozen=True, slots=True)
class Terms:
    """All that prices one school year: every amount is that of its start year [PRX-07]."""

    start_year: int
    bareme: Bareme
    shares: Shares
    ceilings: Ceilings
    bonuses: BonusRight


@dataclass(frozen=True, slots=True)
class FundingParameters:
    """The parameters that are built in."""

    baremes: ByStartYear[Bareme]
    shares: ByStartYear[Shares]
    ceilings: ByStartYear[Ceilings]
    bonuses: ByStartYear[BonusRight]
    contradictory_periods: ByStartYear[ContradictoryPeriod]

    def bareme(self, start_year: int, published: Bareme | None) -> Bareme | None:
        """Return the bareme of this very year, published or built in; none is ever guessed."""
        return published or self.baremes.for_year(start_year)

    def terms(self, start_year: int, published: Bareme | None) -> Terms | None:
        """Return the terms of a school year, or None while a text is missing [PRX-07].

        Shares, ceilings and the right to bonuses hold for every later year; the bareme must be
        known for the exact one.
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
