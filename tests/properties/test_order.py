"""What may change without changing anything: the order of unrelated dossiers, the batches."""

import json
from datetime import UTC, datetime
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.accounting.service import SERVICE as ACCOUNTING
from services.funding.service import SERVICE as FUNDING
from shared.contracts.registry import BY_NAME
from shared.kernel.clock import Clock
from shared.kernel.fault_injection import CrashPoints
from shared.kernel.inbound import parse
from shared.kernel.memory import MemoryStore
from shared.kernel.messages import InboundMessage, IncomingMessage, MessageRecord, OutgoingMessage
from shared.kernel.service import Service
from shared.kernel.session import NeedsOwnUnitError
from shared.kernel.unit_of_work import UnitOfWork
from tests.oracle.lives import Life
from tests.oracle.past import Fact
from tests.properties.lived import Run, calm, lives
from tests.support.client import event, key_of

BODY_MOST = 1 << 20
LATER = Clock(now=lambda: datetime(2100, 1, 1, tzinfo=UTC))
"""The lives are dated ahead: here no time is."""
SERVICE_NAMES = ("funding", "accounting")


@calm
@given(lives(), st.randoms(use_true_random=False))
def test_the_order_of_unrelated_dossiers_changes_nothing(lived: Life, draw: Random) -> None:
    # An envelope relates them: who comes first is served first.
    apart = [message for message in lived if message[0] != "EnvelopeAllotted"]
    shuffled = interleaved(apart, draw)

    calm_run, other = Run(apart), Run(shuffled)

    assert sorted(map(repr, other.rows)) == sorted(map(repr, calm_run.rows))
    assert other.closings == calm_run.closings
    assert by_message(other, shuffled) == by_message(calm_run, apart)


def interleaved(lived: Life, draw: Random) -> Life:
    """Keep the order of each dossier and what concerns the whole Caf in its place."""
    result: Life = []
    run: Life = []
    for message in [*lived, None]:
        if message is not None and "dossier_id" in message[1]:
            run.append(message)
            continue
        lanes: dict[str, Life] = {}
        for entry in run:
            lanes.setdefault(entry[1]["dossier_id"], []).append(entry)
        while lanes:
            name = draw.choice(sorted(lanes))
            result.append(lanes[name].pop(0))
            lanes = {key: lane for key, lane in lanes.items() if lane}
        run = []
        result += [message] if message is not None else []
    return result


def by_message(run: Run, lived: Life) -> dict[str, Any]:
    """What each message was answered, by its id; what envelopes hold depends on who came first."""
    return {
        attributes["id"]: sorted((f.name, f.right, repr(_lasting(f))) for f in outcome.answers)
        for (_, _, attributes), outcome in zip(lived, run.outcomes, strict=True)
    }


def _lasting(fact: Fact) -> dict[str, Any]:
    if fact.name != "FundingForecast":
        return fact.data
    return {name: value for name, value in fact.data.items() if name != "envelopes"}


@calm
@given(lives(), st.lists(st.integers(1, 12), min_size=1, max_size=8))
async def test_any_partition_into_batches_gives_the_same_books(
    lived: Life, sizes: list[int]
) -> None:
    one_by_one = System()
    for name, data, attributes in lived:
        await one_by_one.handle(name, data, attributes)

    for service_name in SERVICE_NAMES:
        again = ServiceRun(one_by_one.services[service_name].service)
        await again.take(one_by_one.received[service_name], sizes)

        assert again.published == one_by_one.services[service_name].published
        assert again.documents() == one_by_one.services[service_name].documents()


class ServiceRun:
    """One service on an in-process store."""

    def __init__(self, service: Service) -> None:
        self.service, self.store = service, MemoryStore()
        self.unit = UnitOfWork(service, self.store, "w1", Clock(now=now), CrashPoints(service.name))
        self.published: dict[str, list[tuple[str, bytes]]] = {}

    async def commit(self, items: list[InboundMessage]) -> list[MessageRecord]:
        """Commit in one transaction, or in halves where a page needs its own unit of work."""
        try:
            records = await self.unit.commit(items)
        except NeedsOwnUnitError:
            middle = len(items) // 2
            return [*await self.commit(items[:middle]), *await self.commit(items[middle:])]
        for record in records:
            self.published[record.key.id] = [(out.id, out.body) for out in record.outputs]
        return records

    async def take(self, messages: list[InboundMessage], sizes: list[int]) -> None:
        """Commit in batches of these sizes, over and over."""
        start = turn = 0
        while start < len(messages):
            size = sizes[turn % len(sizes)]
            await self.commit(messages[start : start + size])
            start, turn = start + size, turn + 1

    def documents(self) -> dict[str, Any]:
        """All states, without the store's own count of writes."""
        return {
            state.collection: [
                {k: v for k, v in document.items() if k != "_v"}
                for document in self.store.documents(state.collection)
            ]
            for state in self.service.states
        }


class System:
    """Both services; each message is followed to its last effect before the next one."""

    def __init__(self) -> None:
        self.services = {"funding": ServiceRun(FUNDING), "accounting": ServiceRun(ACCOUNTING)}
        self.received: dict[str, list[InboundMessage]] = {
            service_name: [] for service_name in SERVICE_NAMES
        }

    async def handle(self, name: str, data: Any, attributes: Any) -> None:
        sent = event(name, data, attributes["id"], time=attributes["time"])
        todo = [OutgoingMessage(sent["id"], key_of(sent), json.dumps(sent).encode())]
        while todo:
            out = todo.pop(0)
            for service_name in BY_NAME[out.routing_key.partition(".")[0]].consumers:
                if service_name in self.services:
                    item = parse(
                        IncomingMessage(out.body, out.routing_key), service_name, BODY_MOST, LATER
                    )
                    self.received[service_name].append(item)
                    (record,) = await self.services[service_name].commit([item])
                    todo += record.outputs


def now() -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC)
