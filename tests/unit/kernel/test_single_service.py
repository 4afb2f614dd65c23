"""One service in this process: it answers as on the real bus, and nothing is persisted."""

import orjson

from services.accounting.service import SERVICE as ACCOUNTING
from services.submission.service import SERVICE as SUBMISSION
from shared.contracts.base import WireModel
from shared.kernel.memory.single_service import InMemoryService
from shared.kernel.messages import IncomingMessage, OutgoingMessage
from tests.support import samples
from tests.support.client import event, key_of


def _delivery(data: WireModel) -> IncomingMessage:
    sent = event(type(data).__name__, data.model_dump(mode="json"))
    return IncomingMessage(orjson.dumps(sent), key_of(sent))


def _keys(answers: list[OutgoingMessage]) -> list[str]:
    return [answer.routing_key for answer in answers]


async def test_a_message_is_answered_once() -> None:
    service, opening = InMemoryService(SUBMISSION), _delivery(samples.campaign())

    assert _keys(await service.handle(opening)) == [
        "CampaignRegistered.v1.761",
        "CampaignReleaseContinued.v1.761",
    ]
    assert await service.handle(opening) == []


async def test_later_messages_see_what_earlier_ones_left() -> None:
    service = InMemoryService(SUBMISSION)
    await service.handle(_delivery(samples.campaign()))

    answers = await service.handle(_delivery(samples.dossier()))

    assert _keys(answers) == ["DossierReceived.v1.761"]


async def test_what_waits_is_found_by_a_field_of_a_part_of_its_state() -> None:
    service = InMemoryService(SUBMISSION)
    await service.handle(_delivery(samples.dossier()))

    answers = _keys(await service.handle(_delivery(samples.campaign())))

    assert answers[-1] == "DossierReceived.v1.761"


async def test_a_message_that_is_not_valid_is_refused_without_a_dead_letter() -> None:
    answers = await InMemoryService(SUBMISSION).handle(IncomingMessage(b"{", "whatever"))

    assert _keys(answers) == ["MessageRefused.v1.national"]


async def test_what_a_service_publishes_for_itself_it_handles_too() -> None:
    service = InMemoryService(ACCOUNTING)

    answers = _keys(await service.handle(_delivery(samples.exercise_closed())))

    assert answers[0] == "ClosingContinued.v1.761"
    assert answers[-1] == "ClosingCompleted.v1.761"
