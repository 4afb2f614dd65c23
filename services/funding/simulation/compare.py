"""Two outcomes side by side: by Caf, in total, and who wins or loses. Amounts in euros."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from services.funding.right import Right
from services.funding.simulation.run import SimulatedRights
from shared.kernel.money import ZERO, total


@dataclass(frozen=True, slots=True)
class Pair:
    """One right, today and simulated; one of the two may be None."""

    today: Right | None
    simulated: Right | None

    @property
    def right(self) -> Right:
        """The one that exists; of two, the one that names the gestionnaire."""
        existing = [right for right in (self.today, self.simulated) if right]
        return max(existing, key=_is_granted)

    @property
    def before(self) -> Decimal:
        """The amount today."""
        return self.today.due.total if self.today else ZERO

    @property
    def after(self) -> Decimal:
        """The amount simulated."""
        return self.simulated.due.total if self.simulated else ZERO

    @property
    def difference(self) -> Decimal:
        """Simulated less today."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of the rights of a Caf, or of all; Ps and bonus are the simulated ones."""

    caf: str
    dossiers: int
    ps: Decimal
    bonus: Decimal
    before: Decimal
    after: Decimal
    waiting_before: int
    waiting_after: int

    @property
    def difference(self) -> Decimal:
        """Simulated less today."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """The costs by Caf and in total; winners and losers, the largest difference first."""

    cafs: tuple[Cost, ...]
    whole: Cost
    winners: tuple[Pair, ...]
    losers: tuple[Pair, ...]


def compare(today: SimulatedRights, simulated: SimulatedRights) -> Comparison:
    """Return the comparison of the rights of two runs."""
    keys = sorted(today.keys() | simulated.keys())
    pairs = [Pair(today.get(key), simulated.get(key)) for key in keys]
    by_caf: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_caf.setdefault(pair.right.caf, []).append(pair)
    return Comparison(
        cafs=tuple(_cost(caf, by_caf[caf]) for caf in sorted(by_caf)),
        whole=_cost("Total", pairs),
        winners=_largest(pair for pair in pairs if pair.difference > ZERO),
        losers=_largest(pair for pair in pairs if pair.difference < ZERO),
    )


def _cost(caf: str, pairs: list[Pair]) -> Cost:
    after = [pair.simulated for pair in pairs if pair.simulated]
    before = [pair.today for pair in pairs if pair.today]
    return Cost(
        caf=caf,
        dossiers=len(pairs),
        ps=total(right.due.ps for right in after),
        bonus=total(right.due.bonus for right in after),
        before=total(right.due.total for right in before),
        after=total(right.due.total for right in after),
        waiting_before=sum(bool(right.deferred) for right in before),
        waiting_after=sum(bool(right.deferred) for right in after),
    )


def _largest(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    return tuple(sorted(pairs, key=_by_size))


def _by_size(pair: Pair) -> tuple[Decimal, str]:
    return (-abs(pair.difference), pair.right.dossier_id)


def _is_granted(right: Right) -> bool:
    return bool(right.granted)
