"""Waiting until the services are idle: several empty observations, or the remaining backlog."""

from functools import partial

from shared.console.idle import Backlog, MessageTracker
from shared.console.idle import wait_until_idle as wait_at_a_pace
from shared.contracts.envelope import routing_key
from shared.kernel.messages import DEVELOPMENT, InboxKey, IncomingMessage, MessageRecord
from tests.support.samples import advance_granted, advance_order
from tests.unit.cli.builders import at, body, output, record


def left(queue: int = 0, outbox: int = 0) -> Backlog:
    return Backlog(
        queues={"submission": 0, "accounting": queue},
        outboxes={"submission": 0, "accounting": outbox},
    )


wait_until_idle = partial(wait_at_a_pace, pace_s=0)


class Observations:
    """Observations one after another; the last one is repeated."""

    def __init__(self, *seen: Backlog) -> None:
        self._seen, self.count = list(seen), 0

    async def __call__(self) -> Backlog:
        self.count += 1
        return self._seen.pop(0) if len(self._seen) > 1 else self._seen[0]


def ignore(_left: Backlog) -> None:
    """Do not report."""


async def test_idle_takes_three_empty_observations_in_a_row() -> None:
    observations = Observations(left(), left(), left(queue=1), left(), left(outbox=1), left())

    assert await wait_until_idle(observations, 60, ignore) is None
    assert observations.count == 8


async def test_a_probe_that_misses_no_message_needs_one_empty_observation() -> None:
    observations = Observations(left(queue=1), left())

    assert await wait_until_idle(observations, 60, ignore, probes=1) is None
    assert observations.count == 2


async def test_after_the_timeout_the_remaining_backlog_is_returned() -> None:
    stuck = await wait_until_idle(Observations(left(queue=3, outbox=1)), 0.01, ignore)

    assert str(stuck) == "accounting: 3 in its queue, 1 in its outbox"


async def test_each_observation_is_reported() -> None:
    reports: list[str] = []

    await wait_until_idle(
        Observations(left(outbox=2), left()), 60, lambda seen: reports.append(str(seen))
    )

    assert reports == ["accounting: 2 in its outbox", *["nothing waits"] * 3]


ORDERED = IncomingMessage(body(advance_order(), "o-1"), routing_key("AdvanceOrdered", "761"), "o-1")
ANSWER = output(advance_granted(), "g-1", "funding", "o-1")


class Archive:
    """The handled messages of a service; those in processing are in no queue and no outbox."""

    def __init__(self) -> None:
        self.records: dict[InboxKey, MessageRecord] = {}

    async def record(self, key: InboxKey) -> MessageRecord | None:
        return self.records.get(key)


async def test_what_followed_from_a_message_is_in_hand_until_its_consumers_have_a_record() -> None:
    """An order goes to funding; its answer goes to accounting only."""
    archives = {"funding": Archive(), "accounting": Archive()}
    followed = MessageTracker(ORDERED, archives, 1_000_000)  # type: ignore[arg-type]
    assert await followed.in_hand() == {"funding": 1}

    answered = record(ORDERED.body, ANSWER, when=at(0))
    archives["funding"].records[InboxKey(DEVELOPMENT, "/elan", "o-1")] = answered
    assert await followed.in_hand() == {"accounting": 1}
    assert await followed.in_hand() == {"accounting": 1}

    booked = record(ANSWER.body, when=at(1))
    archives["accounting"].records[InboxKey(DEVELOPMENT, "/clas/funding", "g-1")] = booked
    assert await followed.in_hand() == {}


async def test_messages_in_processing_are_waited_for_and_reported() -> None:
    in_hand = Backlog({"funding": 0}, {"funding": 0}, {"funding": 1})

    assert str(await wait_until_idle(Observations(in_hand), 0.01, ignore)) == "funding: 1 in hand"
