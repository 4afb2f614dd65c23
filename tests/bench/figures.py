"""What a run measures, as it is written to a file and read for the page."""

from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from pydantic import TypeAdapter


@dataclass(frozen=True)
class Figures:
    """Messages per second, and microseconds of processor per message.

    `service` is the process that is measured, or all of its replicas.
    """

    rate: float
    service: float
    database: float
    broker: float

    @property
    def processor(self) -> float:
        """Microseconds of all three."""
        return self.service + self.database + self.broker


@dataclass(frozen=True)
class Evening:
    """Latencies from the confirm of a deposit to its assessment, in seconds.

    `missing` were deposited and not assessed a minute after the last deposit: they waited so long.
    """

    rate: float
    seconds: float
    deposits: int
    missing: int
    p50: float
    p95: float
    p99: float
    longest: float


@dataclass(frozen=True)
class Recovery:
    """A service was killed and started again at once, under the load of the last evening.

    `seconds`: from the kill until no deposit waited for more than the objective any more;
    `oldest`: the longest that a deposit waited; `missing` were not assessed.
    """

    service: str
    seconds: float
    oldest: float
    missing: int


@dataclass(frozen=True)
class Disk:
    """Bytes per dossier in one service's database, compressed as on disk."""

    service: str
    records: float
    data: float
    indexes: float


@dataclass
class Run:
    """All that one run measured; what was not asked for is empty."""

    day: str = ""
    machine: str = ""
    messages: int = 0
    rounds: int = 0
    hops: dict[str, dict[str, list[Figures]]] = field(default_factory=dict)
    """By hop, then by way."""
    closing: list[Figures] = field(default_factory=list)
    """Per entry."""
    replicas: dict[str, list[Figures]] = field(default_factory=dict)
    evening: Evening | None = None
    recoveries: list[Recovery] = field(default_factory=list)
    growth: dict[str, dict[int, list[Figures]]] = field(default_factory=dict)
    """By hop, then by the number of records that its service had stored."""
    disk: list[Disk] = field(default_factory=list)
    memory: dict[int, float] = field(default_factory=dict)
    """MiB resident after so many messages."""


RUN = TypeAdapter(Run)


def save(run: Run, file: Path) -> None:
    """Write a run as JSON."""
    file.write_bytes(RUN.dump_json(run, indent=1) + b"\n")


def load(file: Path) -> Run:
    """Read a run."""
    return RUN.validate_json(file.read_bytes())


def middle(rounds: list[Figures]) -> Figures:
    """Return the median of each figure."""
    return Figures(
        rate=median(figures.rate for figures in rounds),
        service=median(figures.service for figures in rounds),
        database=median(figures.database for figures in rounds),
        broker=median(figures.broker for figures in rounds),
    )
