"""Personal values of a state are taken out and put back; nothing else of it changes."""

import copy
from typing import Annotated, Any, ClassVar

import orjson
import pytest
from pydantic import Field

from services.cli.services import SERVICES_BY_NAME
from shared.contracts.base import WireModel
from shared.contracts.types import Id, PublicText, Siret, Text
from shared.kernel.decision import State
from shared.kernel.personal import join, personal_fields, split


class School(WireModel):
    name: Text
    city: PublicText


class Thing(State):
    collection: ClassVar[str] = "things"

    siret: Siret
    author: Text | None
    answer: Text | bool | None
    school: School | None
    schools: Annotated[tuple[School, ...], Field(max_length=9)]
    partners: tuple[Text, ...]
    objectives: dict[Id, Text]
    by_id: dict[Id, School]


CONTENT: dict[str, Any] = {
    "siret": "00076092600014",
    "author": "Ada",
    "answer": False,
    "school": None,
    "schools": [{"name": "Un", "city": "76681"}, {"name": "Deux", "city": "76540"}],
    "partners": ["A", "B"],
    "objectives": {"a.b": "lire"},
    "by_id": {"s.1": {"name": "Trois", "city": "76681"}},
}


def test_each_way_to_be_personal_is_found() -> None:
    """The model is a new one: what is found is remembered for each class."""

    class Room(WireModel):
        name: Text
        city: PublicText

    class House(WireModel):
        owner: Text
        number: PublicText
        visitor: Annotated[Text, Field(max_length=9)] | None
        room: Room
        rooms: Annotated[tuple[Room, ...], Field(max_length=9)]
        guests: tuple[Text, ...]
        texts: dict[Id, Text]
        by_id: dict[Id, Room]
        codes: dict[Id, PublicText]
        answer: bool

    assert personal_fields(House) == {
        "owner": None,
        "visitor": None,
        "room": {"name": None},
        "rooms": {"name": None},
        "guests": None,
        "texts": None,
        "by_id": None,
    }


def test_a_document_without_personal_fields_is_the_same_one() -> None:
    document = {"a": 1}

    rest, values = split(document, {})

    assert rest is document
    assert values == {}


def test_the_fields_of_a_model_are_found_through_lists_mappings_and_alternatives() -> None:
    inside = {"name": None}
    whole = ("author", "answer", "partners", "objectives", "by_id")
    expected = {"school": inside, "schools": inside, **dict.fromkeys(whole)}

    assert personal_fields(Thing) == expected


def test_values_are_split_off_and_joined_again_byte_for_byte() -> None:
    before = copy.deepcopy(CONTENT)
    rest, values = split(CONTENT, personal_fields(Thing))

    assert before == CONTENT
    assert rest == CONTENT | {
        **dict.fromkeys(("author", "answer", "partners", "objectives", "by_id")),
        "schools": [{"name": None, "city": "76681"}, {"name": None, "city": "76540"}],
    }
    assert values == {
        "author": "Ada",
        "answer": False,
        "schools.name": ["Un", "Deux"],
        "partners": ["A", "B"],
        "objectives": {"a.b": "lire"},
        "by_id": {"s.1": {"name": "Trois", "city": "76681"}},
    }
    assert orjson.dumps(join(rest, values)) == orjson.dumps(CONTENT)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("siret", "x"),
        ("nothing", "x"),
        ("schools.name", ["x"]),
        ("schools.name", ["x", "y"]),
        ("school.name", "x"),
    ],
)
def test_a_document_that_was_changed_is_not_joined(path: str, value: Any) -> None:
    with pytest.raises((LookupError, TypeError, ValueError)):
        join(copy.deepcopy(CONTENT), {path: value})


@pytest.mark.parametrize("values", [["A"], ["A", "B", "C"]])
def test_a_list_of_another_length_is_not_joined(values: list[str]) -> None:
    with pytest.raises(ValueError, match="argument 2"):
        join({"schools": [{"name": None}, {"name": None}]}, {"schools.name": values})


def test_a_place_that_is_taken_is_named() -> None:
    with pytest.raises(ValueError, match=r"\['school', 'name'\] is not null"):
        join({"school": {"name": "A"}}, {"school.name": "B"})


def test_lists_in_lists_give_lists_of_lists() -> None:
    fields = {"groups": {"members": {"name": None}, "head": {"name": None}}}
    groups = [
        {"members": [{"name": "A"}, {"name": None}], "head": None},
        {"members": [], "head": {"name": "B"}},
    ]
    rest, values = split({"groups": groups}, fields)

    assert values == {
        "groups.members.name": [["A", None], []],
        "groups.head.name": [None, "B"],
    }
    assert "A" not in str(rest)
    assert join(rest, values) == {"groups": groups}


def test_no_state_is_selected_by_a_personal_field() -> None:
    states = [model for service in SERVICES_BY_NAME.values() for model in service.states]

    for model in states:
        indexed = {name for fields in model.indexes for name in fields}
        leaves = {name for name, inner in personal_fields(model).items() if inner is None}
        assert not indexed & leaves
    assert any(map(personal_fields, states))
