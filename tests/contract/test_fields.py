"""Every field of every event has its description, unit and example, from one table."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from shared.contracts.base import WireModel
from shared.contracts.cloud_event import Envelope
from shared.contracts.fields import entry_name, fields
from shared.contracts.registry import BY_NAME, EVENTS, EventSpec
from shared.contracts.schema import Schema, schema_of
from shared.examples.changes import value_at
from shared.partner_kit import generate
from tests.contract.json_schema import violations

PAGE = (generate.ROOT / generate.PAGE).read_text(encoding="utf-8")
MONEY = {"Money", "StatedMoney", "SignedMoney"}
ACCENTED = re.compile(r"\b(agrément|barème|référentiel|laïcité|complément)\w*", re.IGNORECASE)


def properties(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the place and the schema of each field of an event, its attributes too."""
    for name, node in schema["properties"].items():
        yield name, node
    for definition, part in schema["$defs"].items():
        for name, node in part.get("properties", {}).items():
            yield f"{definition}.{name}", node


@pytest.mark.parametrize("spec", EVENTS, ids=lambda spec: spec.name)
def test_every_field_has_a_description_and_an_example_of_its_own_form(spec: EventSpec) -> None:
    schema = schema_of(spec)
    for place, node in properties(schema):
        assert node["description"].endswith("."), place
        assert not ACCENTED.search(node["description"]), place
        (example,) = node["examples"]
        assert violations(example, {**node, "$defs": schema["$defs"]}) == [], place


@pytest.mark.parametrize("spec", EVENTS, ids=lambda spec: spec.name)
def test_every_amount_is_in_euros(spec: EventSpec) -> None:
    for place, node in properties(schema_of(spec)):
        types = {
            each.get("$ref", "").removeprefix("#/$defs/") for each in node.get("anyOf", [node])
        }
        assert (node.get("x-unit") == "euros") is bool(types & MONEY), place


@pytest.mark.parametrize("spec", EVENTS, ids=lambda spec: spec.name)
def test_only_a_field_that_may_be_null_is_described_so(spec: EventSpec) -> None:
    for place, node in properties(schema_of(spec)):
        nullable = any(each.get("type") == "null" for each in node.get("anyOf", [node]))
        assert nullable or not re.search(r"\bnull\b", node["description"]), place


def test_the_path_of_the_example_of_an_error_exists() -> None:
    path = fields()["path"]["example"]
    schema = schema_of(BY_NAME["DossierSubmitted"])
    document = {name: node["examples"][0] for name, node in schema["properties"].items()}

    assert value_at(document, path) == 10


def test_a_row_of_the_trial_balance_may_have_both_sides() -> None:
    assert "an account may have both" in fields()["AccountTotal.credit"]["description"]
    assert "0.00" not in fields()["AccountTotal.debit"]["description"]


def test_the_page_names_the_events_that_may_not_be_ahead_of_time() -> None:
    names = [spec.name for spec in EVENTS if spec.last_counts]

    assert names == ["CampaignOpened", "EnvelopeAllotted"]
    row = next(line for line in PAGE.splitlines() if line.startswith("| `time_ahead` |"))
    assert all(f"[{name}](#{name.lower()})" in row for name in names)


def test_the_example_of_a_dossier_is_distinct_from_no_other() -> None:
    data = schema_of(BY_NAME["DossierSubmitted"])["properties"]["data"]["examples"][0]

    assert data["distinct_from"] == []


def test_every_entry_of_the_table_is_used_and_stands_once() -> None:
    used = {entry_name(model, name) for model, name in fields_of_models()}
    entries = {id(entry): entry for entry in fields().values()}  # An alias is the same entry.
    descriptions = Counter(entry["description"] for entry in entries.values())

    assert used == fields().keys()
    assert [description for description, count in descriptions.items() if count > 1] == []
    for name, entry in fields().items():
        assert {"description"} <= entry.keys() <= {"description", "unit", "example"}, name


def fields_of_models() -> Iterator[tuple[type[WireModel], str]]:
    """Yield the fields of the envelope and of every model that an event contains."""
    models: dict[str, type[WireModel]] = {
        model.__name__: model
        for model in all_models(WireModel)
        if model.__module__.startswith("shared.contracts.")
    }
    names = {name for spec in EVENTS for name in schema_of(spec)["$defs"]} & models.keys()
    described: list[type[WireModel]] = [Envelope, *(models[name] for name in sorted(names))]
    for model in described:
        for name, field in model.model_fields.items():
            yield model, field.alias or name


def all_models(model: type[WireModel]) -> Iterator[type[WireModel]]:
    for below in model.__subclasses__():
        yield below
        yield from all_models(below)


def test_the_page_carries_them() -> None:
    row = "| `forecast_cost` | StatedMoney | The forecast operating cost of the collectif for the"

    assert f'{row} school year [PRX-09]. In euros. | `"9000.00"` |' in PAGE


def test_a_field_without_an_entry_is_an_error() -> None:
    class Unheard(WireModel):
        of_nothing: int

    assert entry_name(Unheard, "of_nothing") is None
    assert entry_name(Unheard, "caf") == "caf"


def test_unit_and_example_are_those_of_the_field_in_its_own_event() -> None:
    def node(event: str, model: str, name: str) -> dict[str, Any]:
        (spec,) = (each for each in EVENTS if each.name == event)
        return dict(schema_of(spec)["$defs"][model]["properties"][name])

    assert node("EnvelopeAllotted", "EnvelopeAllotted", "amount")["examples"] == ["100000.00"]
    assert node("AdvanceOrdered", "AdvanceOrdered", "amount")["examples"] == ["772.31"]
    assert node("DossierSubmitted", "Collectif", "weeks")["x-unit"] == "weeks"
    assert node("DossierReceived", "DossierReceived", "school_year")["examples"] == ["2025-2026"]
