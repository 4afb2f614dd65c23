"""Metrics read from the store: unpublished records, remaining states of batch processes, waits."""

import asyncio
from datetime import datetime
from typing import Any

import structlog

from shared.kernel.ports import Store
from shared.kernel.service import Gauge, Service, Wait
from shared.observability import metrics

logger = structlog.get_logger(__name__)


async def refresh_metrics_forever(service: Service, store: Store, every_s: float) -> None:
    """Refresh the metrics every `every_s` seconds; while the store fails they keep their value."""
    while True:
        await asyncio.sleep(every_s)
        try:
            await refresh_metrics(service, store)
        except Exception as fault:  # noqa: BLE001 - a figure must not end the service
            logger.warning("metrics_wait", service=service.name, error=repr(fault)[:200])


async def refresh_metrics(service: Service, store: Store) -> None:
    """Read all figures, then set all metrics: all of one reading, or none.

    Raises:
        StoreUnavailableError: when the store does not answer.
        pydantic.ValidationError: when a stored state does not match its model (any more).
    """
    pending, oldest = await store.count_unpublished(), await store.oldest_unpublished()
    remaining = [(gauge, await _remaining(gauge, store)) for gauge in service.gauges]
    waits = [(wait, *await _waiting(wait, store)) for wait in service.waits]
    metrics.pending(service.name, pending, oldest)
    for gauge, counts in remaining:
        metrics.remaining(gauge.name, gauge.description, gauge.labels, counts)
    for wait, count, since in waits:
        metrics.waiting(wait.name, wait.description, wait.awaited, count, since)


async def _remaining(gauge: Gauge[Any], store: Store) -> dict[tuple[str, ...], int]:
    """Return the number of remaining states by label values."""
    counts = {}
    for process in [each.existing for each in await store.page(gauge.running)]:
        query = gauge.remaining(process)
        labels = tuple(str(getattr(process, label)) for label in gauge.labels)
        counts[labels] = await store.count(query) if query else 0
    return counts


async def _waiting(wait: Wait[Any], store: Store) -> tuple[int, datetime | None]:
    """Return how many states wait, and since when the first of them does."""
    first = [each.existing for each in await store.page(wait.waiting)]
    return await store.count(wait.waiting), wait.since(first[0]) if first else None
