"""What is committed is what the registry says: schemas, AsyncAPI documents, the page."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.contracts import generate
from shared.contracts.asyncapi import EXCHANGE
from shared.contracts.envelope import CONTENT_TYPE, decode, routing_key
from shared.contracts.registry import (
    AWAITED,
    EVENTS,
    SERVICES,
    EventSpec,
    consumed_by,
    published_by,
)
from shared.contracts.schema import DIALECT
from shared.rabbitmq import topology
from tests.contract.bending import BUILDERS, Bad, envelope
from tests.contract.corpus import CORPUS
from tests.contract.json_schema import violations
from tests.support.stories import STORIES

ROOT = generate.ROOT
FILES = sorted(generate.generated())
PAGE = (ROOT / generate.PAGE).read_text(encoding="utf-8")
SECRETS = re.compile(
    r"\w+://|localhost|\b\d+\.\d+\.\d+\.\d+\b|@|password|secret|token", re.IGNORECASE
)
GIVEN = [
    pytest.param(given["event"], given["data"], id=f"{path.stem}-{step}")
    for path in sorted(STORIES.glob("*.json"))
    for step, given in enumerate(json.loads(path.read_text(encoding="utf-8"))["given"])
    if given["event"] not in AWAITED
]


def test_what_is_committed_is_what_is_generated() -> None:
    assert generate.differences() == []


def test_a_file_that_is_missing_changed_or_left_over_is_named(tmp_path: Path) -> None:
    generate.write(tmp_path)
    assert generate.differences(tmp_path) == []
    missing = generate.SCHEMAS / "DossierHeld.v1.json"
    changed = generate.ASYNCAPI / "funding.yaml"
    left_over = generate.SCHEMAS / "DossierForgotten.v1.json"
    (tmp_path / missing).unlink()
    (tmp_path / changed).write_text("asyncapi: 3.0.0\n", encoding="utf-8")
    (tmp_path / left_over).write_text("{}\n", encoding="utf-8")

    assert generate.differences(tmp_path) == sorted([missing, changed, left_over])
    generate.write(tmp_path)
    assert generate.differences(tmp_path) == []
    assert not (tmp_path / left_over).exists()


def test_the_command_checks_and_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate.differences, "__defaults__", (tmp_path,))
    monkeypatch.setattr(generate.write, "__defaults__", (tmp_path,))

    monkeypatch.setattr("sys.argv", ["generate", "--check"])
    assert generate.main() == 1
    assert "docs/contract.md is not as generated" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())

    monkeypatch.setattr("sys.argv", ["generate"])
    assert generate.main() == 0
    assert "docs/contract.md" in capsys.readouterr().out

    monkeypatch.setattr("sys.argv", ["generate", "--check"])
    assert generate.main() == 0
    assert not capsys.readouterr().out


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_file_names_a_host_or_a_credential(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8").replace(DIALECT, "")

    assert SECRETS.findall(text) == []


@pytest.mark.parametrize("spec", EVENTS, ids=lambda spec: spec.name)
def test_every_event_has_a_schema_of_its_whole_cloudevent(spec: EventSpec) -> None:
    schema = _schema(spec.name)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"{spec.name}.v1.json"
    assert schema["properties"]["type"] == {"const": f"fr.caf.clas.{spec.name}.v1"}
    assert schema["required"] == ["specversion", "id", "source", "type", "time", "data"]
    assert schema["properties"]["data"] == {"$ref": f"#/$defs/{spec.name}"}
    for node in _nodes(schema):
        if reference := node.get("$ref"):
            assert reference.removeprefix("#/$defs/") in schema["$defs"]
        if "patternProperties" not in node:
            assert "additionalProperties" not in node, "unknown fields are allowed"


def test_a_small_schema_in_full() -> None:
    optional = {"anyOf": [{"$ref": "#/$defs/Attribute"}, {"type": "null"}], "default": None}
    schema = _schema("ConventionSigned")

    assert schema["properties"] == {
        "specversion": {"const": "1.0", "type": "string"},
        "id": {"$ref": "#/$defs/Attribute"},
        "source": {"$ref": "#/$defs/Attribute"},
        "type": {"const": "fr.caf.clas.ConventionSigned.v1"},
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
        "data_base64": False,
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
            "caf": {"$ref": "#/$defs/CafCode"},
            "dossier_id": {"$ref": "#/$defs/Id"},
            "signed_on": {"$ref": "#/$defs/Day"},
        },
        "required": ["caf", "dossier_id", "signed_on"],
        "type": "object",
    }
    assert schema["$defs"]["CafCode"]["pattern"] == "^[0-9]{3}$"


def test_words_of_the_wire_keep_their_form_in_schemas() -> None:
    dossier = _schema("DossierSubmitted")["$defs"]

    assert dossier["Money"]["type"] == "string"
    assert dossier["Money"]["pattern"] == r"^[0-9]{1,13}\.[0-9]{2}$"
    assert dossier["Siret"]["pattern"] == "^[0-9]{14}$"
    assert dossier["SchoolYear"]["pattern"] == "^20[0-9]{2}-20[0-9]{2}$"
    assert dossier["BonusKind"]["enum"] == ["enfants", "parents"]
    assert dossier["Budget"]["properties"]["total_annual_cost"] == {"$ref": "#/$defs/Money"}
    assert dossier["Collectif"]["properties"]["children"]["minimum"] == 1
    assert dossier["Project"]["properties"]["title"] == {"$ref": "#/$defs/Text"}
    assert dossier["Project"]["properties"]["communes"]["minItems"] == 1
    assert dossier["AgrementPeriod"]["required"] == ["from", "to"]


def test_required_and_nullable_are_told_apart() -> None:
    dossier = _schema("DossierSubmitted")["$defs"]["DossierSubmitted"]
    null = {"type": "null"}

    assert dossier["properties"].keys() - set(dossier["required"]) == {"transition_commitment"}
    assert dossier["properties"]["signed_at"] == {"anyOf": [{"$ref": "#/$defs/Instant"}, null]}
    assert dossier["properties"]["renews"] == {"anyOf": [{"$ref": "#/$defs/Id"}, null]}
    assert dossier["properties"]["budget"] == {"$ref": "#/$defs/Budget"}


@pytest.mark.parametrize("name", BUILDERS)
def test_a_good_message_satisfies_its_schema(name: str) -> None:
    assert violations(envelope(name), _schema(name)) == []


@pytest.mark.parametrize(("name", "data"), GIVEN)
def test_each_story_speaks_the_contract(name: str, data: dict[str, Any]) -> None:
    told = envelope("ConventionSigned") | {"type": f"fr.caf.clas.{name}.v1", "data": data}

    assert decode(json.dumps(told).encode()).type == told["type"]
    assert violations(told, _schema(name)) == []


BEYOND_A_SCHEMA = {
    *("30-february", "hour-24", "leap-second", "offset-of-24-hours"),
    *("starts-on-30-february", "starts-on-month-13"),
    *("siret-with-wrong-check-digit", "siret-of-zeros"),
    *("years-that-do-not-follow", "years-the-wrong-way-round"),
    *("text-with-nul", "text-with-escape", "text-with-c1-control", "text-read-backwards"),
    *("text-isolated", "text-with-zero-width", "text-with-inner-mark"),
    *("collectif-twice", "same-collectif-twice", "bonus-twice", "bonus-asked-twice"),
    "same-bonus-twice",
}
"""What only the services can see."""


@pytest.mark.parametrize(
    "bad", [bad for bad in CORPUS if bad.reason == "invalid"], ids=lambda bad: bad.name
)
def test_a_schema_refuses_what_the_services_refuse(bad: Bad) -> None:
    document = json.loads(bad.body)
    name = document["type"].split(".")[-2]

    assert bool(violations(document, _schema(name))) == (bad.name not in BEYOND_A_SCHEMA)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_receives_and_sends_what_the_registry_says(service: str) -> None:
    document = _asyncapi(service)
    operations = document["operations"]

    assert document["asyncapi"] == "3.0.0"
    assert operations.keys() == {
        *(f"receive{spec.name}" for spec in consumed_by(service)),
        *(f"send{spec.name}" for spec in published_by(service)),
    }
    assert all(name.startswith(each["action"]) for name, each in operations.items())
    for node in _nodes(document):
        if (reference := node.get("$ref", "")).startswith("#/"):
            assert _found(document, reference)
        elif reference:
            assert (ROOT / generate.ASYNCAPI / reference).resolve().exists()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_speaks_where_the_topology_listens(service: str) -> None:
    document = _asyncapi(service)
    (binding,) = document["components"]["channelBindings"].values()

    assert EXCHANGE == topology.EXCHANGE
    assert binding["amqp"]["exchange"]["name"] == topology.EXCHANGE
    assert document["servers"]["broker"]["host"] == "{broker}"
    for name, channel in document["channels"].items():
        scoped = channel["address"].replace("{caf}", "761")
        assert scoped == routing_key(name, "761" if "parameters" in channel else None)
        assert document["components"]["messages"][name]["contentType"] == CONTENT_TYPE


def test_internal_events_are_marked_and_off_the_page() -> None:
    internal = [spec for spec in EVENTS if spec.internal]

    assert internal
    for spec in internal:
        document = _asyncapi(spec.producer)
        assert document["channels"][spec.name]["x-internal"] is True
        assert document["operations"][f"send{spec.name}"]["x-internal"] is True
        assert PAGE.count(spec.name) == 1


def test_the_page_names_every_event_and_what_is_not_handled_yet() -> None:
    for spec in EVENTS:
        if not spec.internal:
            assert f"\n### {spec.name}\n" in PAGE
            assert all(rule in PAGE for rule in spec.refusals)
    for name in AWAITED:
        assert f"`{name}`" in PAGE
    for anchor in set(re.findall(r"\]\(#([^)]+)\)", PAGE)):
        assert re.search(rf"^#+ {anchor}$", PAGE, re.IGNORECASE | re.MULTILINE), anchor


def test_the_example_of_the_page_is_a_message_that_is_accepted() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)

    event = decode(example.encode())

    assert event.type == "fr.caf.clas.ConventionSigned.v1"
    assert "is published under `ConventionSigned.v1.761`" in PAGE


@cache
def _schema(name: str) -> dict[str, Any]:
    path = ROOT / generate.SCHEMAS / f"{name}.v1.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


@cache
def _asyncapi(service: str) -> dict[str, Any]:
    path = ROOT / generate.ASYNCAPI / f"{service}.yaml"
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def _found(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        yield from _nodes(list(node.values()))
    elif isinstance(node, list):
        for child in node:
            yield from _nodes(child)
