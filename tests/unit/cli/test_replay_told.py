"""A decision that differs is told with its place, what differs, and the way out."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.cli.replay import CHANGED, REVALUED, TAMPERED, print_differences
from shared.kernel.replay import Difference
from tests.support import samples
from tests.unit.cli.builders import at, body, record


def told(capsys: pytest.CaptureFixture[str], *found: Difference) -> list[str]:
    kept = record(body(samples.dossier(), "m1"), when=at(0))
    print_differences("submission", kept, found)
    return capsys.readouterr().out.splitlines()


def test_the_record_is_named_by_dossier_event_service_and_moment(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = told(capsys, Difference("body", "hash", "aaa", "bbb"))

    assert lines == [
        "ELAN-2025-761-000001 : DossierSubmitted, service submission, 10 juillet 2025, 10:00:00",
        f"  message {record(body(samples.dossier(), 'm1'), when=at(0)).key.id} de ",
        "  • message hash : conservé « aaa », recalculé « bbb »",
        f"  → {TAMPERED}",
    ]


@pytest.mark.parametrize(
    ("what", "way_out"),
    [
        ("receipt", TAMPERED),
        ("parameter", REVALUED),
        ("step", CHANGED),
        ("state", CHANGED),
        ("output", CHANGED),
        ("program", CHANGED),
    ],
)
def test_each_kind_of_difference_has_its_way_out(
    capsys: pytest.CaptureFixture[str], what: str, way_out: str
) -> None:
    difference = Difference(what, "x", "a", "b")  # type: ignore[arg-type]

    assert told(capsys, difference, difference)[-1] == f"  → {way_out}"
    assert sum(way_out in line for line in told(capsys, difference, difference)) == 1


def test_long_texts_are_shown_from_shortly_before_they_part(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept, now = "x" * 500 + "2758.25" + "y" * 500, "x" * 500 + "2758.26" + "y" * 500
    line = told(capsys, Difference("output", "id", kept, now))[2]

    assert f"conservé « …{'x' * 24}2758.25yyy" in line
    assert f"recalculé « …{'x' * 24}2758.26yyy" in line
    assert line.count("yyy…") == 2


def test_a_record_about_no_dossier_is_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    kept = record(body(samples.campaign(), "m1"), when=datetime(2025, 7, 10, 8, tzinfo=UTC))
    print_differences(
        "submission", replace(kept, dossier_ids=(), type="x"), [Difference("step", "1", "a", "b")]
    )

    assert capsys.readouterr().out.startswith("aucun dossier : x, service submission")
