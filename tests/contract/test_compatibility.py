"""The gate against the last release: a schema is narrower only where the changelog says so."""

import json
import re
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.registry import BY_NAME, EVENTS
from shared.contracts.schema import schema_of
from shared.partner_kit.sample import inbound
from tests.contract.compatibility import narrowed

ROOT = Path(__file__).parents[2]
RELEASE = ROOT / "tests" / "upgrade" / "0.3.0" / "schemas.tar.xz"
CHANGED = {
    "**code lists are closed**": r"data\.(channel: enum|project\.activities\.\[\]: enum"
    r"|project\.objectives: names)",
    "**what a dossier waits for is a code**": r"data\.waits_for: enum",
    "**communes are INSEE codes**": r"data\.project\.communes\.\[\]: pattern",
    "**names are names**": r"data\.(.*\.)?(name|funder|members_present\.\[\]|partners\.\[\])"
    ": pattern",
    "**days and instants are RFC 3339**": r"(.*(_on|_at|\.from|\.to)|time): pattern",
}
"""What is written more strictly, by the words of the changelog."""
BY_SERVICES = {"**days and instants are RFC 3339**", "**what a dossier waits for is a code**"}
"""The lines that are about events of the services too; the others are about those of partners."""


@cache
def schemas_of_the_release() -> dict[str, dict[str, Any]]:
    with tarfile.open(RELEASE) as archive:
        files = [archive.extractfile(member) for member in archive if member.isfile()]
        schemas = [json.load(file) for file in files if file]
    return {schema["title"]: schema for schema in schemas}


def faults() -> set[tuple[str, str]]:
    """Return every event and place where a schema is narrower than in the last release."""
    return {
        (name, fault)
        for name, old in schemas_of_the_release().items()
        for fault in narrowed(old, schema_of(BY_NAME[name]))
    }


def named(event: str, fault: str, line: str) -> bool:
    """Return whether a line of the changelog names a fault, of the events that it is about."""
    about = line in BY_SERVICES or inbound(BY_NAME[event])
    return about and re.fullmatch(CHANGED[line], fault) is not None


def test_no_event_is_removed() -> None:
    assert schemas_of_the_release().keys() <= {spec.name for spec in EVENTS}
    assert len(schemas_of_the_release()) == 63


def test_nothing_is_narrower_but_what_the_changelog_names() -> None:
    assert [each for each in faults() if not any(named(*each, line) for line in CHANGED)] == []


@pytest.mark.parametrize("line", CHANGED)
def test_each_line_of_the_changelog_is_about_something(line: str) -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    unreleased = text.partition("\n## ")[2].partition("\n## ")[0]

    assert any(named(*each, line) for each in faults())
    assert f"- {line}" in unreleased


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ({"type": "string"}, {"type": "string", "enum": ["a"]}, "data.x: enum"),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, "data.x: enum"),
        ({"type": "integer"}, {"type": "integer", "minimum": 1}, "data.x: least"),
        ({"type": "array", "maxItems": 9}, {"type": "array", "maxItems": 8}, "data.x: most"),
        ({"type": "string"}, {"type": "string", "pattern": "a"}, "data.x: pattern"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": "string"}, "data.x: type"),
        ({"type": "string"}, {"type": "integer"}, "data.x: type"),
    ],
)
def test_a_narrower_schema_is_noticed(old: Any, new: Any, fault: str) -> None:
    def event(node: Any) -> dict[str, Any]:
        data = {"properties": {"x": node, "y": {"type": "string"}}}
        return {"properties": {"data": {"$ref": "#/$defs/Data"}}, "$defs": {"Data": data}}

    assert narrowed(event(old), event(new)) == {fault}
    assert narrowed(event(old), event(old)) == set()


def test_a_field_that_is_removed_or_required_is_noticed() -> None:
    old = {"properties": {"x": {"type": "string"}}}
    new = {"properties": {"y": {"type": "string"}}, "required": ["y"]}

    assert narrowed(old, new) == {"x: removed", "y: required"}
