"""Prometheus metrics of a service. Labels have few values: service, outcome, reason."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from prometheus_client import Counter, Gauge, Histogram

MESSAGES = Counter(
    "clas_messages_total", "Messages settled, by what became of them", ["service", "outcome"]
)
REFUSED = Counter("clas_dead_letters_total", "Messages sent to dead letters", ["service", "reason"])
BATCH = Histogram(
    "clas_batch_size",
    "Messages per unit of work",
    ["service"],
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
)
COMMIT = Histogram(
    "clas_commit_seconds",
    "From taking a batch to its commit",
    ["service"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
LATENCY = Histogram(
    "clas_latency_seconds",
    "From the time of an event, by its producer's clock, to the commit of its decision",
    ["service"],
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60),
)
CONFLICTS = Counter("clas_conflicts_total", "Units of work decided again", ["service"])
PUBLISHED = Counter("clas_published_total", "Messages published", ["service"])
UNROUTABLE = Counter(
    "clas_unroutable_total", "Messages returned because no queue takes them", ["service"]
)
SUSPECTS = Counter(
    "clas_suspects_total", "Attempts to decide a message alone, after several losses", ["service"]
)
PAUSED = Gauge("clas_paused", "1 while the database is away and nothing is consumed", ["service"])
BLOCKED = Gauge("clas_publishing_blocked", "1 while the broker takes no message", ["service"])
PENDING = Gauge("clas_outbox_pending", "Records that wait for dispatch", ["service"])
OLDEST = Gauge(
    "clas_outbox_oldest_seconds", "How long the oldest of them waits, 0 without any", ["service"]
)
RECONNECTS = Counter(
    "clas_reconnects_total", "Connections to the broker that were restored", ["service", "to"]
)
BUILD = Gauge("clas_build_info", "1 for the version that runs", ["service", "version"])
SERVICE_GAUGES: dict[str, Gauge] = {}
"""Gauges that the services define, by name."""
READY = Gauge("clas_ready", "1 while broker, database and consumer are there", ["service"])


@contextmanager
def batch(service: str, size: int) -> Iterator[None]:
    """Observe the size of a batch and the time from its receipt to its commit."""
    BATCH.labels(service).observe(size)
    began = time.perf_counter()
    yield
    COMMIT.labels(service).observe(time.perf_counter() - began)


class HandledMessage(Protocol):
    """What the counters need of a message record."""

    @property
    def outcome(self) -> str:
        """`decided`, `refused` or `poison`."""
        ...

    @property
    def reason(self) -> str | None:
        """Why it was not decided."""
        ...


def handled(service: str, received: int, records: Sequence[HandledMessage]) -> None:
    """Count the outcomes of a batch; a message without a new record was a duplicate."""
    for record in records:
        MESSAGES.labels(service, record.outcome).inc()
        if record.outcome != "decided":
            REFUSED.labels(service, record.reason or record.outcome).inc()
    if duplicates := received - len(records):
        MESSAGES.labels(service, "duplicate").inc(duplicates)


def latency(service: str, since: Iterable[datetime], now: datetime) -> None:
    """Observe how long ago events were produced; one that is dated ahead counts as new."""
    histogram = LATENCY.labels(service)
    for instant in since:
        histogram.observe(max(0.0, (now - instant).total_seconds()))


def conflict(service: str) -> None:
    """Count a unit of work that lost a conflict and is decided again."""
    CONFLICTS.labels(service).inc()


def published(service: str, count: int, *, failed: bool) -> None:
    """Count published messages; `failed`: publishing is blocked."""
    PUBLISHED.labels(service).inc(count)
    BLOCKED.labels(service).set(int(failed))


def unroutable(service: str, count: int) -> None:
    """Count messages that no queue took."""
    UNROUTABLE.labels(service).inc(count)


def suspect(service: str) -> None:
    """Count an attempt to decide a suspect alone."""
    SUSPECTS.labels(service).inc()


def paused(service: str, *, paused: bool) -> None:
    """Set whether the service consumes nothing since its database is away."""
    PAUSED.labels(service).set(int(paused))


def pending(service: str, count: int, oldest: timedelta | None) -> None:
    """Set the number of unpublished records, and how long the oldest of them waits."""
    PENDING.labels(service).set(count)
    OLDEST.labels(service).set(oldest.total_seconds() if oldest else 0)


def reconnected(service: str, to: str) -> None:
    """Count a connection to the broker that is there again, `to` consume or publish."""
    RECONNECTS.labels(service, to).inc()


def build(service: str, version: str) -> None:
    """Show the version that runs."""
    BUILD.labels(service, version).set(1)


def remaining(
    name: str, description: str, labels: Sequence[str], counts: Mapping[tuple[str, ...], int]
) -> None:
    """Set the remaining states of each batch process, by label values; finished ones disappear.

    Every replica shows the same value: aggregate replicas with the maximum, not the sum.
    """
    gauge = _service_gauge(name, description, labels)
    gauge.clear()
    for values, count in counts.items():
        gauge.labels(*values).set(count)


def waiting(name: str, description: str, awaited: str, count: int, since: datetime | None) -> None:
    """Set how many wait, and the Unix time since when the first does: 0 when none does."""
    for suffix, about, value in (
        ("", description, count),
        (
            "_oldest_timestamp_seconds",
            f"{description}: Unix time at which the oldest wait began",
            _unix_time(since),
        ),
    ):
        _service_gauge(name + suffix, about, ["awaited"]).labels(awaited).set(value)


def _service_gauge(name: str, description: str, labels: Sequence[str]) -> Gauge:
    """Return the gauge of a service, which is made when it is first set."""
    if name not in SERVICE_GAUGES:
        SERVICE_GAUGES[name] = Gauge(name, description, labels)
    return SERVICE_GAUGES[name]


def _unix_time(at: datetime | None) -> float:
    return at.timestamp() if at else 0
