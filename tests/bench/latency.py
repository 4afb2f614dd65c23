"""How long deposits waited for their assessment, and how long a fault was felt. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf

from tests.bench.figures import Evening, Recovery

OBJECTIVE_S = 2.0


@dataclass
class Deposit:
    """When it was confirmed and when its assessment arrived; infinite: not yet."""

    confirmed_at: float = inf
    assessed_at: float = inf

    @property
    def is_assessed(self) -> bool:
        """Whether its assessment arrived."""
        return self.assessed_at < inf

    def wait(self, now: float) -> float:
        """Return the seconds that it waits or waited; an assessment may overtake the confirm."""
        return max(0.0, min(self.assessed_at, now) - self.confirmed_at)


def evening(deposits: Sequence[Deposit], seconds: float, ended_at: float) -> Evening:
    """Return the latencies of deposits that were sent within so many seconds."""
    waits = sorted(deposit.wait(ended_at) for deposit in deposits)
    p50, p95, p99 = (_at_most(waits, share) for share in (0.5, 0.95, 0.99))
    return Evening(
        rate=len(waits) / seconds,
        seconds=seconds,
        deposits=len(waits),
        missing=_missing(deposits),
        p50=p50,
        p95=p95,
        p99=p99,
        longest=waits[-1],
    )


def recovery(
    service: str, deposits: Sequence[Deposit], killed_at: float, ended_at: float
) -> Recovery:
    """Return the seconds from a kill until no deposit waited for more than the objective."""
    after = [deposit for deposit in deposits if deposit.assessed_at > killed_at]
    late = [deposit for deposit in after if deposit.wait(ended_at) > OBJECTIVE_S]
    last = max((min(deposit.assessed_at, ended_at) for deposit in late), default=killed_at)
    oldest = max((deposit.wait(ended_at) for deposit in after), default=0.0)
    return Recovery(service, last - killed_at, oldest, _missing(deposits))


def _missing(deposits: Sequence[Deposit]) -> int:
    return sum(not deposit.is_assessed for deposit in deposits)


def _at_most(waits: Sequence[float], share: float) -> float:
    """Return the shortest time within which that share of all waits lies."""
    return waits[ceil(share * len(waits)) - 1]
