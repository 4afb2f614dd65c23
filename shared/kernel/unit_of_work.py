"""Group commit: many messages, one transaction, each decided after the one before.

Inbox, states and outbox commit together. A crash leaves either nothing, or records whose
events the relay publishes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from typing import Any

import structlog

from shared.kernel.decide import judge
from shared.kernel.decision import Known, Ref, Service
from shared.kernel.fault_injection import CrashPoints
from shared.kernel.inbound import TOO_LARGE, Item, id_reuse
from shared.kernel.outbox import Voice, poison, refusals
from shared.kernel.ports import Outgoing, Record, Store, StoreError, Transaction
from shared.kernel.receipts import Office, draw_up
from shared.kernel.recorded_parameters import Watched
from shared.kernel.session import Desk, NeedsOwnUnit

logger = structlog.get_logger(__name__)


class UnitOfWork:
    """Commits items for one service. `worker` names this process in fences and leases."""

    def __init__(
        self,
        service: Service,
        store: Store,
        worker: str,
        clock: Callable[[], datetime],
        crash: CrashPoints,
    ) -> None:
        self.service, self.store, self.worker = service, store, worker
        self.clock, self.crash = clock, crash
        self._watched = Watched(service.parameters)
        self._office = Office(service.name, version("clas"), self._watched.digest)

    async def commit(self, items: Sequence[Item]) -> list[Record]:
        """Decide the items in order and commit; return the records of those that were new.

        Raises:
            Conflict: another unit of work was faster; nothing was written.
            Refused: the store refuses this content for good; nothing was written.
            StoreAway: no answer, or an unknown one; asking again is safe.
            NeedsOwnUnit: an item reads a page and must be committed alone.
        """
        async with self.store.transaction() as transaction:
            fresh = await self._fresh(transaction, items)
            self.crash("begun")
            desk = Desk(transaction)
            await desk.open(ref for item in fresh for ref in self._first_reads(item))
            records = [await self._handle(desk, item) for item in fresh]
            if records:
                await transaction.write(desk.changes(), records, desk.fence(self.worker))
            self.crash("written")
        return records

    async def _fresh(self, transaction: Transaction, items: Sequence[Item]) -> list[Item]:
        """Drop what was handled before; an id that came with other bytes is a fault."""
        seen = await transaction.seen([item.key for item in items])
        reused = [id_reuse(i) if seen.get(i.key, i.sha256) != i.sha256 else i for i in items]
        fresh: dict[Any, Item] = {}
        for item in reused:
            earlier = fresh.get(item.key)
            if earlier and earlier.sha256 != item.sha256:
                item = id_reuse(item)  # noqa: PLW2901 - the item becomes its own fault
            fresh.setdefault(item.key, item)
        faults = await transaction.seen([k for k, item in fresh.items() if item.fault])
        return [item for key, item in fresh.items() if key not in seen and key not in faults]

    def _first_reads(self, item: Item) -> Iterator[Ref[Any]]:
        """Name what an item touches first; a fault in its reads shows when it is decided."""
        if item.event is None:
            return
        try:
            wanted = list(self._handler(item).reads(item.message, Known({})))
        except Exception:  # noqa: BLE001 - the same fault comes again, alone, in `_handle`
            return
        yield from (ref for ref in wanted if isinstance(ref, Ref))

    async def _handle(self, desk: Desk, item: Item) -> Record:
        if item.fault:
            return self._refused(item)
        try:
            return await self._decided(desk, item)
        except (StoreError, NeedsOwnUnit):
            raise
        except Exception as fault:
            logger.exception("poison", service=self.service.name, event_id=item.key.id)
            return self._refused(poison(item, fault))

    async def _decided(self, desk: Desk, item: Item) -> Record:
        handler, voice = self._handler(item), self._voice()
        basis = await desk.basis(handler, item.message)
        judged = judge(voice, item, handler, basis, self._watched)
        receipt = draw_up(self._office, item, basis, judged)
        desk.apply(judged.after)
        record = self._record(item, "decided", voice.now, judged.outputs)
        return replace(record, receipt=receipt)

    def _refused(self, item: Item) -> Record:
        assert item.fault is not None
        voice = self._voice()
        outputs = refusals(voice, item, kept_whole=not _too_large(item))
        outcome = "poison" if item.fault.reason == "poison" else "refused"
        record = self._record(item, outcome, voice.now, outputs)
        return replace(record, note=item.fault.reason)

    def _record(
        self, item: Item, outcome: str, at: datetime, outputs: tuple[Outgoing, ...]
    ) -> Record:
        delivery, told = item.delivery, item.event.data if item.event else item.fault
        named = item.event.type if item.event else getattr(item.fault, "event_type", None)
        subjects = {getattr(told, "dossier_id", None), *(output.subject for output in outputs)}
        return Record(
            key=item.key,
            sha256=item.sha256,
            size=len(delivery.body),
            body=None if _too_large(item) else delivery.body,
            routing_key=delivery.routing_key,
            at=at,
            outcome=outcome,
            type=named,
            caf=getattr(told, "caf", None),
            subjects=tuple(sorted(subject for subject in subjects if subject)),
            outputs=outputs,
        )

    def _handler(self, item: Item) -> Any:
        return self.service.by_event[item.spec.model]

    def _voice(self) -> Voice:
        """Speak at an instant of whole milliseconds: the store keeps no finer ones."""
        now = self.clock()
        return Voice(self.service.name, now.replace(microsecond=now.microsecond // 1000 * 1000))


def _too_large(item: Item) -> bool:
    return item.fault is not None and item.fault.reason == TOO_LARGE
