"""Who answers a message that is not valid: one service, whatever key it came under."""

from datetime import UTC, datetime

import orjson
import pytest

from shared.contracts.envelope import decode
from shared.kernel.inbound import parse
from shared.kernel.messages import InboundMessage, IncomingMessage
from shared.kernel.rejections import (
    dead_letter,
    id_reuse,
    is_decided_again,
    rejection_messages,
    unread_poison_message,
)
from tests.support import samples
from tests.support.client import event

SIGNED = event("ConventionSigned", samples.convention().model_dump(mode="json"))
NOTICE = event(
    "MessageRefused",
    {
        "event_id": None,
        "event_type": None,
        "caf": "761",
        "dossier_id": None,
        "queue": "clas.submission",
        "routing_key": "whatever",
        "sha256": "0" * 64,
        "errors": [],
    },
    source="/clas/funding",
)


@pytest.mark.parametrize(
    ("service", "key", "body", "answers"),
    [
        # Bound to the queues of its consumers: the first of them answers.
        ("submission", "DossierSubmitted.v1.761", b"{", True),
        ("funding", "AgrementGranted.v1.761", b"{", True),
        ("submission", "AgrementGranted.v1.761", b"{", False),
        # Bound to none: it came to submission as unrouted.
        ("submission", "ConventionSinged.v1.761", orjson.dumps(SIGNED), True),
        ("submission", "ConventionSigned.v2.761", orjson.dumps(SIGNED), True),
        ("submission", "ConventionSigned.v1.761", orjson.dumps(SIGNED), True),
        ("submission", "whatever", b"{", True),
        # Notices come to submission when no queue takes them, and answer themselves no more.
        ("submission", "MessageRefused.v1.761", orjson.dumps(NOTICE), False),
        ("submission", "MessageRefused.v1.761", b"{", False),
        ("submission", "whatever", orjson.dumps(NOTICE), False),
        # Published straight to a queue.
        ("funding", "clas.funding", orjson.dumps(SIGNED), True),
    ],
)
def test_exactly_the_first_that_got_it_answers(
    service: str, key: str, body: bytes, *, answers: bool
) -> None:
    inbound = parse(IncomingMessage(body, key), service, 10_000)
    assert inbound.fault

    letter, *notices = rejection_messages(service, datetime.now(UTC), inbound, body_stored=True)

    assert letter.queue == f"clas.{service}.dead-letters"
    assert [type(decode(notice.body).data).__name__ for notice in notices] == (
        ["MessageRefused"] if answers else []
    )


@pytest.mark.parametrize(
    ("message_id", "event_id", "expected"),
    [
        ("of AMQP", "e" * 300, "of AMQP"),
        (None, "e" * 255, "e" * 255),
        (None, "e" * 256, None),
        ("é" * 128, "e" * 256, None),
    ],
)
def test_the_id_of_a_dead_letter_is_one_that_amqp_can_carry(
    message_id: str | None, event_id: str, expected: str | None
) -> None:
    """An event's id has 300 characters at most, that of a message 255 bytes."""
    body = orjson.dumps({**SIGNED, "id": event_id})
    inbound = parse(IncomingMessage(body, "DossierSubmitted.v1.761", message_id), "funding", 10_000)

    assert dead_letter("funding", inbound).id == (expected or inbound.sha256)


def test_a_message_that_was_not_parsed_is_poison_with_its_fault_and_number() -> None:
    headers = {"clas-replay": 3}
    delivery = IncomingMessage(b"{", "key", headers=headers, redriven=True)

    inbound = unread_poison_message(delivery, RuntimeError("killed"))

    assert inbound.fault
    assert inbound.fault.reason == "poison"
    assert [(error.path, error.message) for error in inbound.fault.errors] == [("", "killed")]
    assert (inbound.key.id, inbound.key.replay) == (f"sha256:{inbound.sha256}", 3)


KEY = "AgrementGranted.v1.761"
AGREMENT = samples.agrement().model_dump(mode="json")


def reused(earlier: object, again: object) -> bool:
    """Return whether the second body counts as the first one decided again."""
    inbound = parse(IncomingMessage(orjson.dumps(again), KEY), "funding", 10_000)
    return is_decided_again(orjson.dumps(earlier), inbound)


def test_what_a_service_publishes_again_may_differ_outside_its_data_only() -> None:
    granted = event("AgrementGranted", AGREMENT, source="/clas/eligibility")
    later = granted | {"time": "2030-01-01T00:00:00Z"}
    other = granted | {"data": AGREMENT | {"dossier_id": "ELSE"}}

    assert reused(granted, later)
    assert not reused(granted, other)
    assert not reused({}, later)
    assert not reused(granted | {"source": "/elan"}, later | {"source": "/elan"})


def redriven(body: bytes, **headers: int) -> InboundMessage:
    """Return a message that was redriven to funding."""
    delivery = IncomingMessage(body, "ConventionSigned.v1.761", headers=headers, redriven=True)
    return parse(delivery, "funding", 10_000)


@pytest.mark.parametrize(("headers", "replay"), [({}, 0), ({"clas-replay": 2}, 2)])
def test_the_second_use_of_an_id_is_refused_under_its_own_bytes_and_replay(
    headers: dict[str, int], replay: int
) -> None:
    refused = id_reuse(redriven(orjson.dumps(SIGNED), **headers))

    assert refused.key.replay == replay
    assert refused.fault is not None
    assert refused.fault.reason == "id_reuse"
    assert [(error.path, error.message) for error in refused.fault.errors] == [
        ("id", "this source and id were used for another body")
    ]


@pytest.mark.parametrize(("headers", "replay"), [({}, 0), ({"clas-replay": 2}, 2)])
def test_what_is_no_message_stays_so_when_its_id_was_used(
    headers: dict[str, int], replay: int
) -> None:
    inbound = redriven(b"{", **headers)

    refused = id_reuse(inbound)

    assert (refused.key.replay, refused.fault) == (replay, inbound.fault)
