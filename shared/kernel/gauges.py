"""What a service shows of itself now and then: its outbox, and how much is left of long works."""

import asyncio
from typing import Any

import structlog

from shared.kernel.decision import Gauge, Service
from shared.kernel.ports import Store, StoreError
from shared.kernel.session import selection_of
from shared.observability import metrics

logger = structlog.get_logger(__name__)


async def refresh_metrics_forever(service: Service, store: Store, every_s: float) -> None:
    """Show the figures again and again; while they cannot be read they stay as they were."""
    while True:
        await asyncio.sleep(every_s)
        try:
            await refresh_metrics(service, store)
        except (StoreError, ValueError) as fault:  # A state may be of an older program.
            logger.warning("figures_wait", service=service.name, error=str(fault)[:200])


async def refresh_metrics(service: Service, store: Store) -> None:
    """Count, and show the figures in the metrics: all of one look at once, or none.

    Raises:
        StoreAway: when the store does not answer.
        pydantic.ValidationError: when a state does not have its form (any more).
    """
    pending = await store.count_unpublished()
    left = [(gauge, await _left(gauge, store)) for gauge in service.gauges]
    metrics.pending(service.name, pending)
    for gauge, figures in left:
        metrics.left(gauge.name, gauge.about, gauge.labels, figures)


async def _left(gauge: Gauge[Any], store: Store) -> dict[tuple[str, ...], int]:
    figures = {}
    for each in await store.page(selection_of(gauge.running)):
        work = each.read(gauge.running.model)
        page = gauge.left(work)
        labels = tuple(str(getattr(work, label)) for label in gauge.labels)
        figures[labels] = await store.count(selection_of(page)) if page else 0
    return figures
