"""The committed files match the registry: schemas, AsyncAPI documents, the page."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.asyncapi import EXCHANGE
from shared.contracts.envelope import CONTENT_TYPE, decode, routing_key
from shared.contracts.registry import (
    EVENTS,
    SERVICES,
    consumed_by,
    published_by,
)
from shared.contracts.schema import DIALECT
from shared.partner_kit import generate
from shared.rabbitmq import topology
from shared.yaml import read_yaml
from tests.contract.json_schema import nodes

ROOT = generate.ROOT
FILES = sorted(generate.generated())
PAGE = (ROOT / generate.PAGE).read_text(encoding="utf-8")
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
SECRETS = re.compile(
    r"\w+://|localhost|\b\d+\.\d+\.\d+\.\d+\b|@|password|secret|token", re.IGNORECASE
)


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
    text = text.replace(SVG_NAMESPACE, "")

    assert SECRETS.findall(text) == []


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
    for node in nodes(document):
        if (reference := node.get("$ref", "")).startswith("#/"):
            assert _resolve(document, reference)
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


def test_the_page_names_every_event_and_its_rules() -> None:
    for spec in EVENTS:
        if not spec.internal:
            assert f"\n### {spec.name}\n" in PAGE
            assert all(rule in PAGE for rule in spec.refusals)
    for anchor in set(re.findall(r"\]\(#([^)]+)\)", PAGE)):
        assert re.search(rf"^#+ {anchor}$", PAGE, re.IGNORECASE | re.MULTILINE), anchor


def test_the_example_of_the_page_is_a_message_that_is_accepted() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)

    event = decode(example.encode())

    assert event.type == "fr.caf.clas.ConventionSigned.v1"
    assert "is published under `ConventionSigned.v1.761`" in PAGE


@cache
def _asyncapi(service: str) -> dict[str, Any]:
    path = ROOT / generate.ASYNCAPI / f"{service}.yaml"
    document: dict[str, Any] = read_yaml(path)
    return document


def _resolve(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document
