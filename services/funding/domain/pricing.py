"""The price of collectifs: Ps, bonuses and their cut by the 80 % cap."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from services.funding.domain.cap import cap80
from services.funding.domain.parameters import Terms
from shared.contracts.common import Budget
from shared.contracts.eligibility import GrantedCollectif
from shared.contracts.funding import Cap80, PricedCollectif
from shared.contracts.types import BonusKind
from shared.kernel.money import ZERO, half_up, total


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one school year, in euros: `collectifs` before the cap, totals after it.

    Part N is a share of the Ps after the cap, part N+1 the remainder [ENV-01].
    """

    collectifs: tuple[PricedCollectif, ...]
    ps_total: Decimal
    part_n: Decimal
    part_n1: Decimal
    bonus_enfants: Decimal
    bonus_parents: Decimal
    cap80: Cap80

    @property
    def bonus_total(self) -> Decimal:
        """Both bonuses."""
        return self.bonus_enfants + self.bonus_parents


def price(collectifs: Iterable[GrantedCollectif], budget: Budget, terms: Terms) -> Price:
    """Price each collectif separately [PRX-02], then apply the 80 % cap [COF-02]."""
    granted = tuple(collectifs)
    ps_before_cap = total(_ps(collectif, terms) for collectif in granted)
    enfants = total(_bonus("enfants", collectif, terms) for collectif in granted)
    parents = total(_bonus("parents", collectif, terms) for collectif in granted)
    cap = cap80(ps_before_cap, enfants + parents, budget, terms.ceilings.branche_famille)
    cut_from_parents = _pro_rata(cap.cut_from_bonus, of=parents, among=enfants + parents)
    ps_total = ps_before_cap - cap.cut_from_ps
    part_n = half_up(terms.shares.part_n * ps_total)
    return Price(
        collectifs=tuple(_priced(collectif, terms) for collectif in granted),
        ps_total=ps_total,
        part_n=part_n,
        part_n1=ps_total - part_n,
        bonus_enfants=enfants - (cap.cut_from_bonus - cut_from_parents),
        bonus_parents=parents - cut_from_parents,
        cap80=cap,
    )


def _priced(collectif: GrantedCollectif, terms: Terms) -> PricedCollectif:
    return PricedCollectif(
        collectif_id=collectif.collectif_id,
        cost=collectif.forecast_cost,
        ps=_ps(collectif, terms),
        bonus=_bonus("enfants", collectif, terms) + _bonus("parents", collectif, terms),
    )


def _ps(collectif: GrantedCollectif, terms: Terms) -> Decimal:
    """Return a share of the cost up to the plafond, at most the maximum Ps [PRX-01, PRX-04]."""
    within_plafond = min(collectif.forecast_cost, terms.bareme.plafond)
    return min(half_up(terms.shares.ps * within_plafond), terms.bareme.ps_max)


def _bonus(kind: BonusKind, collectif: GrantedCollectif, terms: Terms) -> Decimal:
    """Return one rate per collectif [BON-02]; zero without Ps [BON-15] or before 2021 [BON-01]."""
    if kind in collectif.bonuses and terms.bonuses.exist and _ps(collectif, terms) > ZERO:
        return terms.bareme.bonus(kind)
    return ZERO


def _pro_rata(cut: Decimal, *, of: Decimal, among: Decimal) -> Decimal:
    """Return the share of a cut borne by one amount of a total, to the nearest cent."""
    return half_up(cut * of / among) if cut else ZERO
