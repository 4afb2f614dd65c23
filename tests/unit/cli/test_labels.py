"""Every code of the contract has its label in French, and every answer."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from shared.contracts import labels
from shared.contracts.accounting import Ledger
from shared.contracts.registry import EVENTS, SERVICES
from shared.contracts.types import Grade, PlaceType

NO_ANSWER = {
    *("CampaignRegistered", "InterimReportRegistered", "AgrementRegistered", "DeliveryRegistered"),
    *("WithdrawalForwarded", "WithdrawalJudged"),  # Between two services.
    *("EligibilityAssessed", "AccountingEntryPosted"),  # A case has its findings, its lines.
    "MessageRefused",
}
AS_CODED: set[Any] = {Grade, PlaceType, Ledger}
"""These codes are what a person reads."""


def test_every_code_of_an_event_has_a_label_and_no_other_has() -> None:
    labelled = {get_args(hint)[0]: name for name, hint in labels.__annotations__.items()}
    codes = {code for spec in EVENTS for code in codes_of(spec.model)}

    assert codes - AS_CODED == labelled.keys() - {str}
    for code in codes - AS_CODED:
        assert getattr(labels, labelled[code]).keys() == set(get_args(code))


def test_every_answer_of_a_service_has_its_two_words() -> None:
    answers = [event for events in labels.ANSWERS.values() for event in events]
    own = {spec.name for spec in EVENTS if spec.producer in {*SERVICES, "any"}}
    internal = {spec.name for spec in EVENTS if spec.internal}

    assert len(answers) == len(set(answers))
    assert set(answers) == own - internal - NO_ANSWER


def codes_of(annotation: Any) -> Iterator[Any]:
    """Yield the literals of a type: those of its fields and of its arguments."""
    if get_origin(annotation) is Literal:
        yield annotation
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for field in annotation.model_fields.values():
            yield from codes_of(field.annotation)
    for argument in get_args(annotation):
        yield from codes_of(argument)
