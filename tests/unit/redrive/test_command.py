"""`clas redrive` as a command: what it shows, when it sends, how it ends."""

import json
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.cli.redrive import command
from services.cli.redrive.deliveries import Delivery, Selection
from services.cli.redrive.send import UnhandledError
from shared.console.idle import Backlog
from tests.tools.json_reference import example
from tests.unit.json_output.played import run
from tests.unit.redrive.deliveries import agrement, forgotten, order

BOTH = (agrement("a-1"), order(2, "D-2"))


@dataclass
class PretendedServers:
    """Servers with these missing deliveries; sending leaves `left`."""

    lost: Sequence[Delivery] = ()
    left: Sequence[Delivery] = ()
    waits: Backlog | None = None
    stopped: Sequence[str] = ()
    fault: str | None = None
    sent: int = 0
    timeout_s: float = 60
    selections: list[Selection] = field(default_factory=list)

    async def backlog(self) -> Backlog | None:
        return self.waits

    async def missing(self) -> list[Delivery]:
        return list(self.lost)

    async def without_consumer(self, services: Collection[str]) -> list[str]:
        return [service for service in self.stopped if service in services]

    async def send(self, missing: Sequence[Delivery]) -> list[Delivery]:
        self.sent = len([each for each in missing if each.origin])
        if self.fault:
            raise UnhandledError(self.fault)
        return list(self.left)


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> PretendedServers:
    """Let the command open these servers."""
    pretended = PretendedServers(BOTH)

    @asynccontextmanager
    async def open_servers(*arguments: Any) -> AsyncIterator[PretendedServers]:
        pretended.selections.append(arguments[1])
        yield pretended

    monkeypatch.setattr(command, "open_servers", open_servers)
    return pretended


@pytest.mark.usefixtures("servers")
def test_it_prints_one_document() -> None:
    output, errors = run("redrive", "--yes", "--json")

    assert json.loads(output) == json.loads(example("redrive"))
    assert errors == ""


@pytest.mark.usefixtures("servers")
def test_it_lists_what_is_missing_and_what_was_sent() -> None:
    lines = run("redrive", "--yes")[0].decode().splitlines()

    assert [" ".join(line.split()) for line in lines[1:3]] == [
        "AdvanceOrdered funding 1 2026-03-01 09:00:00 clas.log",
        "AgrementGranted funding 1 2026-03-01 09:00:00 outbox of its producer",
    ]
    assert lines[3] == "2 sent and handled."


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_without_a_terminal_and_a_yes_nothing_is_sent(
    servers: PretendedServers, words: Sequence[str]
) -> None:
    errors = run("redrive", *words, code=1)[1]

    assert servers.sent == 0
    assert errors == "clas: 2 missing: --yes sends them\n"


@pytest.mark.usefixtures("servers")
def test_a_rehearsal_sends_nothing_and_is_no_failure() -> None:
    document = json.loads(run("redrive", "--dry-run", "--yes", "--json")[0])

    assert (document["sent"], document["complete"]) == (0, False)
    assert document["left"] == document["missing"] != []


def test_where_nothing_is_missing_nothing_is_asked(servers: PretendedServers) -> None:
    servers.lost = ()

    assert run("redrive")[0].startswith(b"Nothing is missing")


def test_a_busy_system_is_left_alone(servers: PretendedServers) -> None:
    servers.waits = Backlog({"funding": 3}, {"funding": 0})

    errors = run("redrive", "--yes", code=1)[1]

    assert "not idle: funding: 3 in its queue. --timeout waits longer" in errors
    assert servers.sent == 0


def test_a_service_that_does_not_consume_is_named_before_anything_is_sent(
    servers: PretendedServers,
) -> None:
    servers.stopped = ("accounting", "funding")

    errors = run("redrive", "--yes", code=1)[1]

    assert "nothing was sent: nobody consumes for funding; `clas serve funding`" in errors
    assert servers.sent == 0


def test_what_is_not_handled_in_time_is_named(servers: PretendedServers) -> None:
    servers.fault = "1 not handled: AdvanceOrdered for funding"

    errors = run("redrive", "--yes", code=1)[1]

    assert "2 sent, and after 60 s there is 1 not handled: AdvanceOrdered for funding" in errors


def test_what_stays_missing_is_a_failure(servers: PretendedServers) -> None:
    servers.left = BOTH[:1]

    output, errors = run("redrive", "--yes", code=1)

    assert b"Still missing:" in output
    assert errors == "clas: 1 still missing: `clas doctor`\n"


def test_an_event_that_no_outbox_has_is_counted_and_not_sent(servers: PretendedServers) -> None:
    servers.lost = (forgotten(3),)

    output, errors = run("redrive", "--yes", code=1)

    assert b"nowhere: its producer decides it again" in output
    assert "1 missing that no outbox has" in errors
    assert servers.sent == 0


def test_the_selection_is_that_of_the_options(servers: PretendedServers) -> None:
    run("redrive", "--dry-run", "--service", "funding", "--caf", "761", "--since", "2026-03-01")

    (selection,) = servers.selections
    assert (selection.service, selection.caf) == ("funding", "761")
    assert str(selection.since) == "2026-03-01 00:00:00+00:00"
