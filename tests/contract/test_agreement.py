"""Schema and decoder agree: what they say otherwise is on the page, check by check.

Documents are made of the schemas alone: the example of an event, with a few values replaced by
others that nearly fit.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.contracts.beyond_schema import BEYOND_SCHEMA, TRIMMED
from shared.contracts.cloud_event import envelope_of
from shared.contracts.field_errors import own_errors
from shared.contracts.registry import BY_NAME, EVENTS, EventSpec
from shared.contracts.schema import schema_of
from shared.contracts.types import INTAKE
from shared.examples.changes import remove_at, set_at, value_at
from shared.partner_kit import generate
from shared.partner_kit.sample import inbound
from tests.contract.bending import envelope, replaced
from tests.contract.json_schema import violations

INBOUND = [spec for spec in EVENTS if inbound(spec)]
PAGE = (generate.ROOT / generate.PAGE).read_text(encoding="utf-8")
ABSENT = object()
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.0, 12.0, 1.5, 10**7, 2**70, [], {}, [None], {"a": 1}),
    *("", " ", "x", "761", "76 1", "0", "1", "0.5", "1.01", "12.30", "-1.00", "12.3", "ELAN"),
    *("2025-2026", "2025-2027", "2025-02-30", "2025-13-01", "2025-11-04", "1899-12-31"),
    *("2025-07-10T09:30:00", "2025-06-30T23:59:60Z", "2025-02-30T10:00:00Z"),
    *("2025-07-10T24:00:00Z", "2025-07-10T09:30:00+01:60", "2025-07-10t09:30:00z"),
    *("76540", "2A004", "2a004", "97415", "Rouen", "AXE-E1", "REC-07", "C1", "a|b", "…", "é"),
    *("76573991749305", "76573991749306", "20000016400000", "00000000000018", "a\x00b", "\u202e"),
    *("enfants", "Enfants", "association", "aide_aux_devoirs", "aide aux devoirs", "granted"),
)
BEHIND = ("\n", " ", "\u200b", "\xad", "\x85", "é", "0")


def example_of(spec: EventSpec) -> dict[str, Any]:
    """Return the event that the examples of its schema make."""
    return {name: node["examples"][0] for name, node in schema_of(spec)["properties"].items()}


def paths(node: Any, above: str = "") -> Iterator[str]:
    """Yield the path of every value below a document."""
    members = node.items() if isinstance(node, dict) else enumerate(node)
    for name, child in members:
        yield f"{above}{name}"
        if isinstance(child, dict | list):
            yield from paths(child, f"{above}{name}.")


@st.composite
def broken_values(draw: st.DrawFn, value: Any) -> Any:
    """Draw what stands instead of a value: another one, nearly the same one, twice, or nothing."""
    kinds = ["other", "absent"]
    kinds += ["behind", "before", "capitals"] * isinstance(value, str)
    kinds += ["twice"] * (isinstance(value, list) and bool(value))
    kind = draw(st.sampled_from(kinds))
    if kind == "twice":
        return [*value, value[0]]
    if kind in {"behind", "before"}:
        more = draw(st.sampled_from(BEHIND))
        return value + more if kind == "behind" else more + value
    if kind == "capitals":
        return value.swapcase()
    return ABSENT if kind == "absent" else copy.deepcopy(draw(st.sampled_from(ODD)))


@st.composite
def documents(draw: st.DrawFn, spec: EventSpec) -> dict[str, Any]:
    """Draw an event that fits its schema or nearly does."""
    document = copy.deepcopy(example_of(spec))
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(sorted({*paths(document)} - {"type"})))
        value = draw(broken_values(value_at(document, path)))
        if value is ABSENT:
            remove_at(document, path)
        else:
            set_at(document, path, value)
    return document


def error_types(spec: EventSpec, document: dict[str, Any]) -> set[str]:
    """Return the types of the errors that the decoder finds at intake."""
    try:
        envelope_of(spec).model_validate_json(json.dumps(document), context=INTAKE, by_name=False)
    except ValidationError as fault:
        types: dict[str, set[str]] = {}
        for error in own_errors(fault.errors(include_url=False)):
            types.setdefault(place_of(error["loc"], document), set()).add(error["type"])
        # What fits one alternative but for a check fits no other one by its form.
        return set().union(*(kinds & BEYOND_SCHEMA.keys() or kinds for kinds in types.values()))
    return set()


def place_of(location: tuple[int | str, ...], document: dict[str, Any]) -> str:
    """Return the path of an error, without the name of an alternative at its end."""
    path = ".".join(map(str, location))
    try:
        value_at(document, path)
    except (LookupError, TypeError, ValueError):
        return path.rpartition(".")[0]
    return path


@pytest.mark.parametrize("spec", INBOUND, ids=lambda spec: spec.name)
@settings(max_examples=60)
@given(data=st.data())
def test_the_schema_accepts_what_the_decoder_accepts(spec: EventSpec, data: st.DataObject) -> None:
    document = data.draw(documents(spec))

    errors = error_types(spec, document)

    if violations(document, schema_of(spec)):
        assert errors
    else:
        assert errors <= BEYOND_SCHEMA.keys()


@pytest.mark.parametrize(
    ("check", "where", "value"),
    [
        ("no_such_day", "data.collectifs.0.starts_on", "2026-02-30"),
        ("no_such_day", "time", "2025-02-30T09:30:00Z"),
        ("school_year", "data.school_year", "2025-2027"),
        ("siret", "data.gestionnaire.siret", "76573991749306"),
        ("siret", "data.gestionnaire.siret", "20000016400000"),
        ("text", "data.project.title", "a\x9bb"),
        ("text", "data.project.title", "e" + "\u0323" * 31),
        ("name", "data.gestionnaire.name", "Les Amis\nde l’école"),
        ("name", "data.gestionnaire.name", "…"),
        ("repeated", "data.bonus_requests.0.collectifs", ["C1", "C1"]),
    ],
)
def test_each_check_beyond_the_schemas_is_on_the_page(check: str, where: str, value: Any) -> None:
    document = replaced(envelope(), where, value)

    assert error_types(BY_NAME["DossierSubmitted"], document) == {check}
    assert violations(document, schema_of(BY_NAME["DossierSubmitted"])) == []
    assert f"\n- {BEYOND_SCHEMA[check]}\n" in PAGE


def test_a_long_notation_is_the_one_thing_that_a_schema_refuses_and_the_decoder_accepts() -> None:
    document = replaced(envelope(), "data.project.title", "e\u0301" * 10_000)

    assert error_types(BY_NAME["DossierSubmitted"], document) == set()
    assert violations(document, schema_of(BY_NAME["DossierSubmitted"])) == ["data.project.title"]
    assert TRIMMED in PAGE
