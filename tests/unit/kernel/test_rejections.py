"""Who answers a message that is not valid: one service, whatever key it came under."""

from datetime import UTC, datetime

import orjson
import pytest

from shared.contracts.envelope import decode
from shared.kernel.inbound import parse
from shared.kernel.messages import IncomingMessage
from shared.kernel.rejections import rejection_messages
from tests.support import samples
from tests.support.client import event

SIGNED = event("ConventionSigned", samples.convention().model_dump(mode="json"))


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
