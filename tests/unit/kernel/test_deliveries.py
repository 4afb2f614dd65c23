"""What a delivery must be: within its bound, under its key and id; which redrive it is."""

import uuid
from typing import Any

import orjson
import pytest

from shared.contracts.base import WireModel
from shared.contracts.envelope import InvalidMessageError
from shared.kernel.inbound import parse
from shared.kernel.messages import IncomingMessage
from tests.support import samples
from tests.support.client import event, key_of

DOSSIER = event("DossierSubmitted", samples.dossier().model_dump(mode="json"), "d-1")
RECEIVED = event("DossierReceived", samples.dossier_received().model_dump(mode="json"), "r-1")
CLIENTS_OWN = uuid.uuid4().hex
ELSEWHERE = "routing key 'DossierSubmitted.v1.771', the body says 'DossierSubmitted.v1.761'"


def delivered(message: dict[str, Any], **attributes: Any) -> IncomingMessage:
    return IncomingMessage(orjson.dumps(message), **{"routing_key": key_of(message)} | attributes)


def fault(
    delivery: IncomingMessage, service: str = "submission", most: int = 100_000
) -> InvalidMessageError | None:
    return parse(delivery, service, most).fault


@pytest.mark.parametrize(
    ("message", "service", "factor"),
    [(DOSSIER, "submission", 1), (RECEIVED, "eligibility", 2)],
)
def test_an_event_of_a_service_may_be_twice_as_long(
    message: dict[str, Any], service: str, factor: int
) -> None:
    delivery = delivered(message)
    length = len(delivery.body)
    bound = -(-length // factor)

    assert fault(delivery, service, bound) is None
    refused = fault(delivery, service, bound - 1)
    assert refused
    assert refused.reason == "too_large"
    assert [error.message for error in refused.errors] == [
        f"{length} bytes, over the bound of {(bound - 1) * factor}"
    ]


@pytest.mark.parametrize(
    ("service", "attributes", "errors"),
    [
        ("submission", {"message_id": None}, []),
        ("submission", {"message_id": "d-1"}, []),
        ("submission", {"message_id": CLIENTS_OWN}, []),
        (
            "submission",
            {"message_id": "d-2"},
            [("id", "message_id 'd-2' is not the event's id")],
        ),
        (
            "submission",
            {"routing_key": "DossierSubmitted.v1.771"},
            [("", ELSEWHERE)],
        ),
        ("funding", {}, [("type", "funding does not handle DossierSubmitted")]),
    ],
)
def test_the_body_decides_and_what_disagrees_with_it_is_named(
    service: str, attributes: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    refused = fault(delivered(DOSSIER, **attributes), service)

    assert [(each.path, each.message) for each in (refused.errors if refused else ())] == errors
    if refused:
        assert (refused.reason, refused.caf, refused.dossier_id) == (
            "disagrees",
            "761",
            samples.DOSSIER,
        )
        assert (refused.event_id, refused.source) == ("d-1", "/elan/test")


def test_an_event_without_a_caf_comes_under_the_national_key() -> None:
    national: WireModel = samples.bareme(start_year=2026)
    message = event("BaremePublished", national.model_dump(mode="json"))

    assert fault(delivered(message, routing_key="BaremePublished.v1.national"), "funding") is None


@pytest.mark.parametrize(
    ("headers", "redriven", "replay"),
    [
        ({}, True, 0),
        ({"clas-replay": 1}, True, 1),
        ({"clas-replay": 7}, True, 7),
        ({"clas-replay": 0}, True, 0),
        ({"clas-replay": -1}, True, 0),
        ({"clas-replay": True}, True, 0),
        ({"clas-replay": "1"}, True, 0),
        ({"clas-replay": 1}, False, 0),
    ],
)
def test_only_a_redrive_has_a_number(
    headers: dict[str, Any], replay: int, *, redriven: bool
) -> None:
    delivery = delivered(DOSSIER, headers=headers, redriven=redriven)

    assert parse(delivery, "submission", 100_000).key.replay == replay
