"""What people are given was read as a majority of the servers keeps it: nothing takes it back."""

import uuid
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.monitoring import CommandListener

from deploy.embedded import Servers
from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from shared.mongodb.read_api import ReadApi

READING = {"find", "aggregate", "distinct"}


class ReadConcernListener(CommandListener):
    """The commands that a client sends."""

    def __init__(self) -> None:
        self.levels: list[str | None] = []

    def started(self, event: Any) -> None:
        if event.command_name in READING:
            self.levels.append(event.command.get("readConcern", {}).get("level"))

    def succeeded(self, event: Any) -> None:
        """Count only what was asked."""

    def failed(self, event: Any) -> None:
        """Count only what was asked."""


@pytest.mark.servers
async def test_what_is_exported_no_failover_takes_back(real_servers: Servers) -> None:
    listener = ReadConcernListener()
    client = AsyncIOMotorClient[Any](real_servers.mongo_url, event_listeners=[listener])
    reads = ReadApi(client[f"t{uuid.uuid4().hex[:8]}_accounting"])

    assert [each async for each in reads.stream(Entry, {})] == []
    assert [each async for each in reads.records()] == []
    assert await reads.state(Closing, "761|2025") is None
    assert await reads.count_states(Entry, {}) == 0
    assert await reads.events_of_caf("761", ["FundingGranted.v1.761"]) == []

    assert listener.levels == ["majority"] * 5
    client.close()
