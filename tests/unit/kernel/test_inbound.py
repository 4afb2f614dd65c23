"""What a service refuses when a message comes in, before it decides: a time that is ahead."""

import asyncio
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from services.eligibility.service import SERVICE as ELIGIBILITY
from shared.contracts.base import WireModel
from shared.contracts.common import MessageRefused
from shared.contracts.eligibility import EligibilityAssessed
from shared.contracts.envelope import decode
from shared.contracts.registry import BY_NAME, EVENTS
from shared.kernel.clock import Clock
from shared.kernel.inbound import TIME_AHEAD, parse
from shared.kernel.memory import MemoryBus
from shared.kernel.messages import InboundMessage, IncomingMessage
from shared.kernel.rejections import rejection_messages
from shared.kernel.worker import Worker
from tests.support import life, samples
from tests.support.client import LONGEST_S, event, key_of
from tests.support.decide import decide, only_event
from tests.unit.kernel.bench import FAST, QUEUE, TOY, Bench

NOW = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)
MICROSECOND = timedelta(microseconds=1)
LAST_COUNTS = {
    "submission": samples.campaign(),
    "funding": life.envelope_allotted(),
}


def sent(data: WireModel, time: str) -> IncomingMessage:
    message = event(type(data).__name__, data.model_dump(mode="json")) | {"time": time}
    return IncomingMessage(orjson.dumps(message), key_of(message))


def at(clock: datetime, service: str, data: WireModel, time: str) -> InboundMessage:
    return parse(sent(data, time), service, 100_000, Clock(now=lambda: clock))


def test_of_campaigns_and_allotments_the_last_by_time_counts() -> None:
    assert {spec.name for spec in EVENTS if spec.last_counts} == {
        "CampaignOpened",
        "EnvelopeAllotted",
    }


@pytest.mark.parametrize("service", LAST_COUNTS)
@pytest.mark.parametrize(
    ("ahead", "refused"),
    [(FIVE_MINUTES + MICROSECOND, True), (FIVE_MINUTES, False), (-timedelta(days=3650), False)],
)
def test_a_time_more_than_five_minutes_ahead_is_refused(
    service: str, ahead: timedelta, *, refused: bool
) -> None:
    inbound = at(NOW, service, LAST_COUNTS[service], (NOW + ahead).isoformat())

    assert (inbound.fault is not None) is refused
    assert (inbound.event is None) is refused


def test_the_offset_of_the_time_counts() -> None:
    inbound = at(NOW, "submission", samples.campaign(), "2025-06-01T14:05:00+02:00")

    assert inbound.event


def test_the_producer_is_told_what_to_send() -> None:
    inbound = at(NOW, "submission", samples.campaign(), "2099-01-01T00:00:00Z")

    letter, notice = rejection_messages("submission", NOW, inbound, body_stored=True)

    assert letter.headers["clas-reason"] == TIME_AHEAD == "time_ahead"
    text = (
        "2099-01-01T00:00:00+00:00 is more than 5 minutes ahead of the clock of the service:"
        " of several CampaignOpened the last by `time` counts, so `time` is when the event is sent"
    )
    refused = decode(notice.body).data
    assert isinstance(refused, MessageRefused)
    assert (refused.caf, refused.event_type) == ("761", BY_NAME["CampaignOpened"].type)
    assert [(error.path, error.message) for error in refused.errors] == [("time", text)]


def test_any_other_event_may_be_dated_ahead() -> None:
    assert at(NOW, "submission", samples.dossier(), "2099-01-01T00:00:00Z").event


def test_a_message_refused_for_its_time_is_read_once_the_time_has_come() -> None:
    time = "2025-06-01T12:10:00Z"

    assert at(NOW, "submission", samples.campaign(), time).fault
    assert at(NOW + FIVE_MINUTES, "submission", samples.campaign(), time).event


async def test_a_worker_reads_its_own_clock() -> None:
    bench = Bench()
    bench.broker.bindings = {QUEUE: {"EnvelopeAllotted"}}
    clock = Clock(now=lambda: NOW)
    worker = Worker(TOY, MemoryBus(bench.broker, "funding"), bench.store, FAST, clock)
    working = asyncio.create_task(worker.run())

    delivery = sent(life.envelope_allotted(), "2025-06-02T12:00:00Z")
    bench.publish(delivery.body, delivery.routing_key, decode(delivery.body).id)
    await bench.wait_until_idle()
    await worker.stop()
    await asyncio.wait_for(working, LONGEST_S)

    assert bench.dead_letters() == [(TIME_AHEAD, delivery.body)]


def test_what_disagrees_is_refused_under_the_ids_of_its_body() -> None:
    message = event("DossierSubmitted", samples.dossier().model_dump(mode="json"))
    elsewhere = IncomingMessage(orjson.dumps(message), "DossierSubmitted.v1.771")

    fault = parse(elsewhere, "submission", 100_000).fault

    assert fault
    assert fault.reason == "disagrees"
    assert (fault.caf, fault.dossier_id) == ("761", samples.DOSSIER)
    assert (fault.event_id, fault.source) == (message["id"], message["source"])


def test_the_assessment_of_the_largest_dossier_can_be_read() -> None:
    """200 collectifs with both bonuses and 1,000 resources: 20,000 values at intake, more after."""
    names = [f"C{number}" for number in range(200)]
    resource = {"funder": "Commune", "branche_famille": False, "amount": "10.00"}
    largest = samples.dossier_received(
        collectifs=[samples.collectif(collectif_id=name) for name in names],
        bonus_requests=[
            {"kind": kind, "collectifs": names, "description": "Théâtre"}
            for kind in ("enfants", "parents")
        ],
        budget__resources=[resource] * 1_000,
    )
    assessed = only_event(decide(ELIGIBILITY, largest), EligibilityAssessed)
    message = event("EligibilityAssessed", assessed.model_dump(mode="json"))

    inbound = parse(IncomingMessage(orjson.dumps(message), key_of(message)), "funding", 2**20)

    assert inbound.fault is None
    assert inbound.event
    assert inbound.event.data == assessed
