"""The goals of the figures: a share, a bound, and whether a run stays within it."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.figures import Figures, Run, middle
from tests.bench.hops import CONVENTION, DOSSIER
from tests.bench.latency import OBJECTIVE_S
from tests.bench.ways import BATCHED, FORWARDER, FRAMEWORK, SERVICE, TRANSACTION

ONE, TWO = "one replica", "two replicas"
ONE_HELD, TWO_HELD = "one, a quarter of a core", "two, a quarter of a core each"
CLOSING_US_MAX = 1_300.0
RISE_MAX = 0.15
TWO_HELD_MIN = 1.6
RECOVERY_S_MAX = 30.0
RATES = (
    (CONVENTION, FORWARDER, 1.0),
    (CONVENTION, BATCHED, 0.70),
    (DOSSIER, FORWARDER, 0.75),
    (DOSSIER, BATCHED, 0.50),
    (DOSSIER, TRANSACTION, 2.8),
    (DOSSIER, FRAMEWORK, 2.8),
)


@dataclass(frozen=True)
class Goal:
    """A figure and the least or the most that it may be."""

    question: str
    figure: float
    bound: float
    at_least: bool = False
    unit: str = ""

    @property
    def reached(self) -> bool:
        """Whether the figure is within its bound."""
        return self.figure >= self.bound if self.at_least else self.figure <= self.bound


def goals(run: Run) -> Iterator[Goal]:
    """Yield the goals whose figures a run has."""
    for hop, way, bound in RATES:
        ways = run.hops.get(hop.name, {})
        if ways.get(SERVICE) and ways.get(way):
            share = middle(ways[SERVICE]).rate / middle(ways[way]).rate
            yield Goal(f"{hop.name}: service, of the {way}", share, bound, at_least=True)
    if run.closing:
        cost = middle(run.closing).service
        yield Goal("closing: accounting, per entry", cost, CLOSING_US_MAX, unit="µs")
    yield from _of_replicas(run.replicas)
    yield from _of_objectives(run)
    for name, sizes in run.growth.items():
        least, most = (middle(sizes[size]).processor for size in (min(sizes), max(sizes)))
        question = f"{name}: processor time at {max(sizes):,} records, over {min(sizes):,}"
        yield Goal(question, most / least - 1, RISE_MAX)


def _of_replicas(replicas: dict[str, list[Figures]]) -> Iterator[Goal]:
    if not replicas:
        return
    one, two, one_held, two_held = (
        middle(replicas[name]) for name in (ONE, TWO, ONE_HELD, TWO_HELD)
    )
    rise = two.processor / one.processor - 1
    yield Goal("two replicas: rise of processor time per message", rise, RISE_MAX)
    gain = two_held.rate / one_held.rate
    question = "two replicas at a quarter of a core each: rate, over one"
    yield Goal(question, gain, TWO_HELD_MIN, at_least=True)


def _of_objectives(run: Run) -> Iterator[Goal]:
    if run.evening:
        yield Goal("last evening: 99 % assessed within", run.evening.p99, OBJECTIVE_S, unit="s")
        yield Goal("last evening: never assessed", run.evening.missing, 0)
    for recovery in run.recoveries:
        killed = f"{recovery.service} killed:"
        yield Goal(f"{killed} recovered within", recovery.seconds, RECOVERY_S_MAX, unit="s")
        yield Goal(f"{killed} never assessed", recovery.missing, 0)
