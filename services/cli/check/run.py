"""Reads all that is in scope, once and in a stream, and asks every check."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.accounting.audit.scanner import AccountingScanner
from services.cli.services import SERVICES_BY_NAME
from services.funding.audit.scanner import FundingScanner
from shared.audit import delivery_reconciliation as of_pairs
from shared.audit import export_batches as of_batches
from shared.audit.export_batches import Given
from shared.audit.records import parse_record
from shared.audit.scanner import AuditState, Scope, ServiceScanner
from shared.mongodb.snapshot import Snapshot, StoredBatch

Advance = Callable[[int], None]
Queues = Mapping[str, int]
"""Messages that wait in the queue of each service; none for one that is not known."""


async def reconcile(
    kept: Snapshot, scope: Scope, now: datetime, queues: Queues, advance: Advance
) -> AuditState:
    """Ask every check; return what came of them, and which events are on their way.

    Raises:
        StoreError: when the database does not answer.
    """
    seen = AuditState(scope, now)
    for service in scope.services:
        eye = _scanner(service, seen)
        async for each in kept.records(service, _where(scope)):
            eye.record(parse_record(service, each, now))
            advance(1)
        if service == scope.services[-1]:
            await _follow(kept, seen, queues)
        for collection, order in eye.collections:
            async for found in kept.states(service, collection, eye.where(collection), order):
                eye.state(collection, found)
                advance(1)
        eye.end()
    if "accounting" in scope.services:
        await _exports(kept, seen)
    seen.tally.note(of_pairs.KNOWN, seen.pairs.unknown(), 0)
    seen.tally.note(of_pairs.HEARD, seen.pairs.lost(), 0)
    return seen


async def size(kept: Snapshot, scope: Scope) -> int:
    """Count what will be read.

    Raises:
        StoreError: when the database does not answer.
    """
    seen = AuditState(scope, datetime.min)  # noqa: DTZ901 - nothing is looked at yet
    total = 0
    for service in scope.services:
        eye = _scanner(service, seen)
        total += await kept.count(service, "inbox", _where(scope))
        for collection, _ in eye.collections:
            total += await kept.count(service, collection, eye.where(collection))
    return total


def _scanner(service: str, seen: AuditState) -> ServiceScanner:
    if service == "funding":
        return FundingScanner(seen)
    return (
        AccountingScanner(seen)
        if service == "accounting"
        else ServiceScanner(SERVICES_BY_NAME[service], seen)
    )


def _where(scope: Scope) -> dict[str, Any]:
    """Return which records are read: those of the Caf, and those of none (a bareme)."""
    return {"caf": {"$in": [scope.caf, None]}} if scope.caf else {}


async def _exports(kept: Snapshot, seen: AuditState) -> None:
    """Look at what was given out, each batch after the one before."""
    before: StoredBatch | None = None
    there: dict[str, int] = {}
    async for each in kept.batches():
        there[each.series] = each.number
        given = Given(each, before if before and before.series == each.series else None, seen.heads)
        before = each
        if given.concerns(seen.scope.caf, seen.scope.exercise):
            seen.tally.evaluate(of_batches.CHECKS, given)
    asked = (seen.scope.caf, seen.scope.exercise)
    gone = of_batches.gone(await kept.last_batches(), there, asked)
    seen.tally.note(of_batches.FOLLOWING, gone, 0)


async def _follow(kept: Snapshot, seen: AuditState, queues: Queues) -> None:
    """Tell what is on its way from what is lost: asked once all records were read.

    On its way is what waits to be published, what waits in a queue or may be in hand, and what
    came since.
    """
    for service in seen.scope.services:
        unheard = seen.pairs.unhandled(service)
        came = await kept.arrived_since(service, unheard) if unheard else set()
        waits = queues.get(service, 0) > 0
        moving = {
            event_id
            for event_id, side in unheard.items()
            if side.young or waits or event_id in came
        }
        seen.moving |= {unheard[event_id].about for event_id in moving}
        seen.on_the_way += len(moving)
        seen.pairs.settle(service, moving)
