"""The committed JSON Schemas match the models."""

import json
from functools import cache
from typing import Any

import pytest

from shared.contracts.envelope import decode_at_intake
from shared.contracts.registry import (
    EVENTS,
    EventSpec,
)
from shared.partner_kit import generate
from tests.contract.bending import BUILDERS, Bad, envelope
from tests.contract.corpus import CORPUS
from tests.contract.json_schema import nodes, violations
from tests.support.stories import STORIES

GIVEN = [
    pytest.param(event["event"], event["data"], id=f"{path.stem}-{step}")
    for path in sorted(STORIES.glob("*.json"))
    for step, event in enumerate(json.loads(path.read_text(encoding="utf-8"))["given"])
]


@pytest.mark.parametrize("spec", EVENTS, ids=lambda spec: spec.name)
def test_every_event_has_a_schema_of_its_whole_cloudevent(spec: EventSpec) -> None:
    schema = _schema(spec.name)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"{spec.name}.v1.json"
    properties = forms(schema["properties"])
    assert properties["type"] == {"const": f"fr.caf.clas.{spec.name}.v1", "type": "string"}
    assert schema["required"] == ["specversion", "id", "source", "type", "time", "data"]
    assert properties["data"] == {"$ref": f"#/$defs/{spec.name}"}
    for node in nodes(schema):
        if reference := node.get("$ref"):
            assert reference.removeprefix("#/$defs/") in schema["$defs"]
        if "properties" in node:
            assert "additionalProperties" not in node, "unknown fields are allowed"


def test_a_small_schema_in_full() -> None:
    optional = {"anyOf": [{"$ref": "#/$defs/Attribute"}, {"type": "null"}], "default": None}
    schema = _schema("ConventionSigned")

    assert forms(schema["properties"]) == {
        "specversion": {"const": "1.0", "type": "string"},
        "id": {"$ref": "#/$defs/Attribute"},
        "source": {"$ref": "#/$defs/Attribute"},
        "type": {"const": "fr.caf.clas.ConventionSigned.v1", "type": "string"},
        "subject": optional,
        "time": {"$ref": "#/$defs/Instant"},
        "datacontenttype": {
            "const": "application/json",
            "default": "application/json",
            "type": "string",
        },
        "correlationid": optional,
        "causationid": optional,
        "traceparent": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        "sequence": optional,
        "data": {"$ref": "#/$defs/ConventionSigned"},
        "data_base64": {"type": "null", "default": None},
    }
    assert schema["$defs"].keys() == {
        "Attribute",
        "CafCode",
        "ConventionSigned",
        "Day",
        "Id",
        "Instant",
    }
    assert schema["$defs"]["ConventionSigned"] == {
        "description": "The convention of an agrement is signed; it covers the whole agrement.",
        "properties": {
            "caf": {
                "$ref": "#/$defs/CafCode",
                "description": "The Caf (departmental fund), by its three digits.",
                "examples": ["761"],
            },
            "dossier_id": {
                "$ref": "#/$defs/Id",
                "description": "The dossier, by the id that its first message gave it.",
                "examples": ["ELAN-2025-761-000001"],
            },
            "signed_on": {
                "$ref": "#/$defs/Day",
                "description": "The day on which the convention was signed [CNV-01].",
                "examples": ["2025-10-20"],
            },
        },
        "required": ["caf", "dossier_id", "signed_on"],
        "type": "object",
    }
    assert schema["$defs"]["CafCode"]["pattern"] == "^[0-9]{3}$"


def test_words_of_the_wire_keep_their_form_in_schemas() -> None:
    dossier = _schema("DossierSubmitted")["$defs"]

    assert dossier["StatedMoney"]["type"] == "string"
    assert dossier["StatedMoney"]["pattern"] == r"^[0-9]{1,13}\.[0-9]{2}$"
    assert dossier["Siret"]["pattern"] == "^[0-9]{14}$"
    assert dossier["SchoolYear"]["pattern"] == "^20[0-9]{2}-20[0-9]{2}$"
    assert dossier["BonusKind"]["enum"] == ["enfants", "parents"]
    cost = forms(dossier["Budget"]["properties"])["total_annual_cost"]
    assert cost == {"$ref": "#/$defs/StatedMoney"}
    assert dossier["Budget"]["properties"]["total_annual_cost"]["x-unit"] == "euros"
    assert dossier["Collectif"]["properties"]["children"]["minimum"] == 1
    assert forms(dossier["Project"]["properties"])["title"] == {"$ref": "#/$defs/Text"}
    assert forms(dossier["Coordinator"]["properties"])["name"] == {"$ref": "#/$defs/Name"}
    assert dossier["Channel"]["enum"] == ["ELAN", "courrier", "courriel", "guichet", "autre"]
    assert dossier["Commune"]["pattern"] == "^([0-9]{5}|2[AB][0-9]{3})$"
    assert dossier["Project"]["properties"]["communes"]["minItems"] == 1
    assert dossier["AgrementPeriod"]["required"] == ["from", "to"]


def test_required_and_nullable_are_told_apart() -> None:
    dossier = _schema("DossierSubmitted")["$defs"]["DossierSubmitted"]
    null = {"type": "null"}

    properties = forms(dossier["properties"])

    optional = {"transition_commitment", "distinct_from"}
    assert properties.keys() - set(dossier["required"]) == optional
    assert properties["signed_at"] == {"anyOf": [{"$ref": "#/$defs/Instant"}, null]}
    assert properties["renews"] == {"anyOf": [{"$ref": "#/$defs/Id"}, null]}
    assert properties["budget"] == {"$ref": "#/$defs/Budget"}


@pytest.mark.parametrize("name", BUILDERS)
def test_a_good_message_satisfies_its_schema(name: str) -> None:
    assert violations(envelope(name), _schema(name)) == []


@pytest.mark.parametrize(("name", "data"), GIVEN)
def test_each_story_speaks_the_contract(name: str, data: dict[str, Any]) -> None:
    text = envelope("ConventionSigned") | {"type": f"fr.caf.clas.{name}.v1", "data": data}

    assert decode_at_intake(json.dumps(text).encode()).type == text["type"]
    assert violations(text, _schema(name)) == []


BEYOND_A_SCHEMA = {
    *("30-february", "starts-on-30-february"),
    *("siret-with-wrong-check-digit", "siret-of-zeros"),
    *("siret-of-a-siren-of-zeros", "siret-without-nic", "name-on-two-lines"),
    *("years-that-do-not-follow", "years-the-wrong-way-round"),
    *("text-with-nul", "text-with-escape", "text-with-c1-control", "text-read-backwards"),
    "text-isolated",
    *("collectif-twice", "same-collectif-twice", "bonus-twice", "bonus-asked-twice"),
    *("same-bonus-twice", "bonus-done-twice", "imported-bonus-twice"),
    *("renewal-of-a-broken-year", "renewed-twice", "accounted-twice"),
    *("kept-twice", "imported-twice"),
}
"""What only the services can see."""


@pytest.mark.parametrize(
    "bad", [bad for bad in CORPUS if bad.reason == "invalid"], ids=lambda bad: bad.name
)
def test_a_schema_refuses_what_the_services_refuse(bad: Bad) -> None:
    document = json.loads(bad.body)
    name = document["type"].split(".")[-2]

    assert bool(violations(document, _schema(name))) == (bad.name not in BEYOND_A_SCHEMA)


def forms(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas of fields without what they say for people."""
    annotations = {"description", "examples", "x-unit"}
    return {
        name: {key: part for key, part in node.items() if key not in annotations}
        for name, node in properties.items()
    }


@cache
def _schema(name: str) -> dict[str, Any]:
    path = generate.ROOT / generate.SCHEMAS / f"{name}.v1.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema
