"""Every code of the contract has its label in French."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from shared.contracts import labels
from shared.contracts.accounting import Ledger
from shared.contracts.registry import EVENTS
from shared.contracts.types import Grade, PlaceType

AS_CODED: set[Any] = {Grade, PlaceType, Ledger}
"""These codes are what a person reads."""


def test_every_code_of_an_event_has_a_label_and_no_other_has() -> None:
    labelled = {get_args(hint)[0]: name for name, hint in labels.__annotations__.items()}
    codes = {code for spec in EVENTS for code in codes_of(spec.model)}

    assert codes - AS_CODED == labelled.keys() - {str}
    for code in codes - AS_CODED:
        assert getattr(labels, labelled[code]).keys() == set(get_args(code))


def codes_of(annotation: Any) -> Iterator[Any]:
    """Yield the literals of a type: those of its fields and of its arguments."""
    if get_origin(annotation) is Literal:
        yield annotation
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for field in annotation.model_fields.values():
            yield from codes_of(field.annotation)
    for argument in get_args(annotation):
        yield from codes_of(argument)
