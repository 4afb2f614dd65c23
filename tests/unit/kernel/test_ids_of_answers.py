"""The ids of answers stay: a request that is repeated to a later release has the same answers.

Each expected id is the UUID of version 5 of its parts, written out.
"""

from datetime import UTC, datetime

import orjson

from shared.contracts.envelope import Envelope, decode
from shared.contracts.funding import ConventionRegistered
from shared.kernel.decision import Decision, OutgoingEvent, RequestRef
from shared.kernel.inbound import parse
from shared.kernel.messages import IncomingMessage
from shared.kernel.outbox import outgoing_messages
from shared.kernel.rejections import rejection_messages
from tests.support import samples
from tests.support.client import event, key_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SIGNED = event("ConventionSigned", samples.convention().model_dump(mode="json"), "c-1")
REGISTERED = ConventionRegistered(caf="761", dossier_id="D-1")
OTHER = ConventionRegistered(caf="761", dossier_id="D-2")


def sent(*events: ConventionRegistered | OutgoingEvent) -> list[Envelope]:
    """Return the events that answer to the convention, as they are published."""
    cause = decode(orjson.dumps(SIGNED))
    messages = outgoing_messages("funding", NOW, cause, Decision(events=events), {})
    assert [message.id for message in messages] == [decode(each.body).id for each in messages]
    return [decode(message.body) for message in messages]


def test_an_id_derives_from_request_type_key_and_rank() -> None:
    first, other, again = sent(REGISTERED, OTHER, REGISTERED)

    assert (first.id, other.id, again.id) == (
        "9442ee20-fbdd-510d-a049-0138c8b51e65",
        "b5ae2ec8-f8b0-5c96-8e44-54a7a9b78896",
        "e5cd21d9-095a-5144-9305-a4f12dabc472",
    )
    assert (first.causationid, first.correlationid) == ("c-1", "c-1")
    assert first.sequence is None


def test_a_late_answer_has_the_id_of_its_own_request() -> None:
    origin = RequestRef(request="r-1", correlation="r-0")

    (late,) = sent(OutgoingEvent(REGISTERED, origin=origin))
    (after_one,) = sent(OutgoingEvent(REGISTERED, origin=origin, earlier=1))

    assert (late.id, after_one.id) == (
        "6bb861e0-c4f6-51b8-9873-952e4582a018",
        "64b799a0-e587-56c7-8d0b-a9ba903fbb85",
    )
    assert (late.causationid, late.correlationid) == ("c-1", "r-0")


def test_a_refused_message_is_answered_under_the_id_of_its_source_id_and_bytes() -> None:
    body = orjson.dumps(SIGNED | {"time": "never"})
    inbound = parse(IncomingMessage(body, key_of(SIGNED)), "funding", 100_000)

    (notice,) = rejection_messages("funding", NOW, inbound, body_stored=False)

    assert notice.id == "c822c1e0-1fa2-5cc1-9225-8b85ffe52be7"
    assert decode(notice.body).causationid == "c-1"
