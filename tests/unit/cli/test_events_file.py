"""Events of a file: where they stand, and what is wrong with them before any is sent."""

import json
from typing import Any

import pytest

from shared.contracts.event_file import EventFault, ValidEvent, split, validate
from tests.support import samples
from tests.support.client import event

LIMIT = 1024 * 1024


def convention(event_id: str = "c1", **data: Any) -> dict[str, Any]:
    content = json.loads(samples.convention().model_dump_json()) | data
    return event("ConventionSigned", content, event_id)


def lines(*events: dict[str, Any]) -> bytes:
    return "\n".join(map(json.dumps, events)).encode()


def checked(
    content: bytes, *, bytes_max: int = LIMIT, from_anyone: bool = False
) -> tuple[list[ValidEvent], list[EventFault]]:
    return validate(split(content), bytes_max=bytes_max, from_anyone=from_anyone)


def test_json_lines_keep_their_bytes_and_their_lines() -> None:
    one, two = lines(convention("a")), lines(convention("b"))

    good, faults = checked(one + b"\n\n  " + two + b"\r\n")

    assert faults == []
    assert [(each.line, each.body) for each in good] == [(1, one), (3, two)]
    assert {each.routing_key for each in good} == {"ConventionSigned.v1.761"}
    assert [each.id for each in good] == ["a", "b"]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([convention("a"), convention("b")]).encode(),
        json.dumps([convention("a"), convention("b")], indent=2).encode(),
        b"\xef\xbb\xbf" + lines(convention("a"), convention("b")),
        b"\n\n".join(json.dumps(convention(i), indent=1).encode() for i in "ab"),
    ],
    ids=["array", "array over lines", "byte order mark", "documents over lines"],
)
def test_other_ways_to_write_several_events(content: bytes) -> None:
    good, faults = checked(content)

    assert faults == []
    assert [each.id for each in good] == ["a", "b"]


def test_one_event_over_several_lines_is_one_event() -> None:
    good, _ = checked(json.dumps(convention("a"), indent=2).encode())

    assert [(each.id, each.line) for each in good] == [("a", 1)]


def test_an_event_without_caf_travels_as_national() -> None:
    bareme = event("BaremePublished", json.loads(samples.bareme().model_dump_json()))

    (published,), _ = checked(lines(bareme))

    assert published.routing_key == "BaremePublished.v1.national"


def test_every_fault_of_every_line_is_told() -> None:
    wrong = convention("b", caf="76", signed_on="hier")

    good, faults = checked(lines(convention("a"), wrong) + b'\n{"cut": ')

    assert [each.id for each in good] == ["a"]
    assert sorted((each.line, each.path) for each in faults) == [
        (2, "data.caf"),
        (2, "data.signed_on"),
        (3, ""),
    ]
    assert str(faults[0]).startswith("line 2: data.caf: ")
    assert str(faults[-1]).startswith("line 3: not JSON: ")


def test_a_broken_first_line_does_not_hide_the_next() -> None:
    good, faults = checked(b'{"cut": \n' + lines(convention("a")))

    assert [each.line for each in good] == [2]
    assert [each.line for each in faults] == [1]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"not json", 1),
        (b"[1, 2", 1),
        (json.dumps([convention()], indent=1).encode().rstrip().removesuffix(b"]"), 15),
        (json.dumps([convention()]).encode() + b"\n garbage", 2),
        (b"\xff\xfe{", 1),
        (b"[" * 100_000, 1),
    ],
    ids=["text", "numbers", "a cut array", "a tail", "no UTF-8", "depth"],
)
def test_what_is_no_event_is_a_fault_on_its_line(content: bytes, line: int) -> None:
    _, faults = checked(content)

    assert faults[-1].line == line


def test_an_empty_file_holds_nothing() -> None:
    assert checked(b" \n") == ([], [])


@pytest.mark.parametrize("name", ["MessageRefused", "ClosingContinued"])
def test_what_services_publish_themselves_needs_a_word(name: str) -> None:
    ours = {
        "MessageRefused": {
            **dict.fromkeys(("event_id", "event_type", "caf", "dossier_id")),
            "queue": "q",
            "routing_key": "k",
            "sha256": "0",
            "errors": [],
        },
        "ClosingContinued": json.loads(samples.closing_continued().model_dump_json()),
    }
    content = lines(event(name, ours[name]))

    good, (fault,) = checked(content)
    assert good == []
    assert "--any" in fault.message
    assert checked(content, from_anyone=True)[1] == []


def test_an_id_stands_for_one_content_only() -> None:
    again = convention("a", signed_on="2025-12-24")

    good, (fault,) = checked(lines(convention("a"), convention("a"), again))

    assert len(good) == 2
    assert (fault.line, fault.path) == (3, "id")
    assert "line 1" in fault.message


def test_an_event_over_the_bound_is_a_fault() -> None:
    content = lines(convention())

    assert checked(content, bytes_max=len(content))[1] == []
    assert "over the bound" in checked(content, bytes_max=len(content) - 1)[1][0].message
