"""What operators read of a service: latency, waiting outputs, reconnections, version."""

from datetime import UTC, datetime, timedelta

from prometheus_client import REGISTRY

from shared.observability import metrics

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def value(name: str, **labels: str) -> float | None:
    """Return a sample of a metric of the service `metrics`."""
    return REGISTRY.get_sample_value(name, {"service": "metrics", **labels})


def test_latency_counts_each_event_and_none_below_zero() -> None:
    ages = (timedelta(seconds=0.3), timedelta(seconds=50), timedelta(hours=-1))

    metrics.latency("metrics", (NOW - age for age in ages), NOW)

    assert value("clas_latency_seconds_count") == 3
    assert value("clas_latency_seconds_sum") == 50.3
    assert value("clas_latency_seconds_bucket", le="0.01") == 1
    assert value("clas_latency_seconds_bucket", le="0.5") == 2
    assert value("clas_latency_seconds_bucket", le="60.0") == 3


def test_waiting_outputs_have_a_number_and_an_age() -> None:
    metrics.pending("metrics", 4, timedelta(minutes=2))
    assert value("clas_outbox_pending") == 4
    assert value("clas_outbox_oldest_seconds") == 120

    metrics.pending("metrics", 0, None)
    assert value("clas_outbox_oldest_seconds") == 0


def test_reconnections_are_counted_and_the_version_is_shown() -> None:
    metrics.reconnected("metrics", "consume")
    metrics.build("metrics", "0.4.0")

    assert value("clas_reconnects_total", to="consume") == 1
    assert value("clas_build_info", version="0.4.0") == 1
