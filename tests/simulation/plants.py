"""Bugs to plant at the ports, each of which the simulation must find."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.kernel.messages import (
    InboxKey,
    IncomingMessage,
    MessageRecord,
    OutboxBatch,
    OutgoingMessage,
)
from shared.kernel.ports import Published
from tests.simulation.bus import SimulatedBus
from tests.simulation.store import SimulatedStore, SimulatedTransaction

Patch = pytest.MonkeyPatch
receive, publish = SimulatedBus.receive, SimulatedBus.publish
transaction_write = SimulatedTransaction.write


def acknowledge_before_commit(patch: Patch) -> None:
    """A crash between the two loses messages."""

    async def receive_and_ack(bus: SimulatedBus, **limits: Any) -> list[IncomingMessage]:
        batch = await receive(bus, **limits)
        await bus.ack(batch)
        return batch

    patch.setattr(SimulatedBus, "receive", receive_and_ack)


def mark_when_any_output_is_confirmed(patch: Patch) -> None:
    """The outputs without a confirm are lost when they did not arrive."""

    async def publish_any(
        bus: SimulatedBus, outgoing: Sequence[OutgoingMessage]
    ) -> list[Published]:
        results = await publish(bus, outgoing)
        return [Published.CONFIRMED] * len(results) if Published.CONFIRMED in results else results

    patch.setattr(SimulatedBus, "publish", publish_any)


def decide_again_what_was_handled(patch: Patch) -> None:
    """Without the inbox a message that comes twice counts twice."""

    async def nothing_handled(
        transaction: SimulatedTransaction,  # noqa: ARG001
        keys: Sequence[InboxKey],  # noqa: ARG001
    ) -> dict[InboxKey, str]:
        return {}

    patch.setattr(SimulatedTransaction, "already_handled", nothing_handled)


def relay_nothing(patch: Patch) -> None:
    """What a crash left unpublished stays so."""

    async def lease_nothing(
        store: SimulatedStore, *, most: int, grace: timedelta, lease: timedelta, token: str
    ) -> list[OutboxBatch]:
        await store.call("lease", f"{most} {grace} {lease} {token}")
        return []

    patch.setattr(SimulatedStore, "lease_unpublished", lease_nothing)


def write_without_read_lock(patch: Patch) -> None:
    """A grant that read an exercise as open is booked into it after its closing."""

    async def write_unlocked(
        transaction: SimulatedTransaction,
        states: Sequence[Any],
        records: Sequence[MessageRecord],
        worker: str,
        *,
        read_shared: bool = False,  # noqa: ARG001
    ) -> None:
        await transaction_write(transaction, states, records, worker, read_shared=False)

    patch.setattr(SimulatedTransaction, "write", write_unlocked)


PLANTS: dict[Callable[[Patch], None], int] = {
    acknowledge_before_commit: 0,
    mark_when_any_output_is_confirmed: 0,
    decide_again_what_was_handled: 0,
    relay_nothing: 0,
    write_without_read_lock: 80,
}
"""Each with a seed that finds it, where to look first: seeds move when the kernel changes."""
