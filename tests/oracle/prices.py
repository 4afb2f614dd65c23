"""What one school year is worth. Money is whole cents; a rounding is one integer division.

A bareme is (plafond, ps max, bonus enfants, bonus parents).
"""

from collections.abc import Iterable
from typing import NamedTuple

Bareme = tuple[int, int, int, int]
CostedCollectif = tuple[str, int, frozenset[str]]

KNOWN_BAREMES: dict[int, Bareme] = {
    2021: (788500, 256300, 30000, 30000),
    2025: (848700, 275825, 32900, 30500),
}
KINDS = ("enfants", "parents")


class Award(NamedTuple):
    """One school year priced: `rows` before the cap (id, cost, Ps, bonus), the rest after it."""

    rows: tuple[tuple[str, int, int, int], ...]
    ps: int
    enfants: int
    parents: int
    cap: tuple[int, int, int, int, bool]

    @property
    def bonus(self) -> int:
        return self.enfants + self.parents

    @property
    def parts(self) -> tuple[int, int]:
        """4/10, half a cent up, and what remains."""
        first = (self.ps * 4 + 5) // 10
        return first, self.ps - first

    @property
    def ceilings(self) -> tuple[int, int]:
        """70 % of each part, that is 28 % and 42 % of the whole, down to the cent."""
        return self.ps * 28 // 100, self.ps * 42 // 100


NOTHING = Award((), 0, 0, 0, (0, 0, 0, 0, False))


def ps_of(cost: int, bareme: Bareme) -> int:
    """32.5 % of a cost up to the plafond, half a cent up, and the published maximum."""
    plafond, most, _, _ = bareme
    return min((min(cost, plafond) * 325 + 500) // 1000, most)


def award(
    collectifs: Iterable[CostedCollectif], total_cost: int, others: int, bareme: Bareme
) -> Award:
    """Price the collectifs `(id, cost, bonuses)` under 80 % of the project's whole cost.

    `others` are the other resources from the branche Famille.
    """
    rates = dict(zip(KINDS, bareme[2:], strict=True))
    sheet = [(name, cost, ps_of(cost, bareme), kinds) for name, cost, kinds in collectifs]
    due = {
        kind: sum(rates[kind] for *_, ps, kinds in sheet if ps and kind in kinds) for kind in KINDS
    }
    ps, bonus = sum(row[2] for row in sheet), sum(due.values())
    ceiling = total_cost * 8 // 10
    excess = max(0, ps + bonus + others - ceiling)
    off_bonus = min(excess, bonus)
    off_ps = min(excess - off_bonus, ps)
    off_parents = (off_bonus * due["parents"] * 2 + bonus) // (bonus * 2) if bonus else 0
    return Award(
        tuple(
            (n, c, p, sum(rates[kind] for kind in kinds) if p else 0) for n, c, p, kinds in sheet
        ),
        ps - off_ps,
        due["enfants"] - (off_bonus - off_parents),
        due["parents"] - off_parents,
        (ceiling, excess, off_bonus, off_ps, ps + bonus + others >= ceiling),
    )
