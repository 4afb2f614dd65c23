"""The report of a decision that differs: its record, the differences, the remedies."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.cli.replay import CHANGED, REVALUED, TAMPERED, print_differences
from shared.kernel.replay import Difference
from tests.support import samples
from tests.unit.cli.builders import at, body, record


def report(capsys: pytest.CaptureFixture[str], *differences: Difference) -> list[str]:
    stored = record(body(samples.dossier(), "m1"), when=at(0))
    print_differences("submission", stored, differences)
    return capsys.readouterr().out.splitlines()


def test_the_record_is_named_by_dossier_event_service_and_moment(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = report(capsys, Difference("body", "hash", "aaa", "bbb"))

    assert lines == [
        "ELAN-2025-761-000001 : DossierSubmitted, service submission, 10 juillet 2025, 10:00:00",
        f"  message {record(body(samples.dossier(), 'm1'), when=at(0)).key.id} de ",
        "  • message hash : conservé « aaa », recalculé « bbb »",
        f"  → {TAMPERED}",
    ]


@pytest.mark.parametrize(
    ("part", "remedy"),
    [
        ("receipt", TAMPERED),
        ("parameter", REVALUED),
        ("step", CHANGED),
        ("state", CHANGED),
        ("output", CHANGED),
        ("program", CHANGED),
    ],
)
def test_each_kind_of_difference_has_its_remedy(
    capsys: pytest.CaptureFixture[str], part: str, remedy: str
) -> None:
    difference = Difference(part, "x", "a", "b")  # type: ignore[arg-type]

    assert report(capsys, difference, difference)[-1] == f"  → {remedy}"
    assert sum(remedy in line for line in report(capsys, difference, difference)) == 1


def test_long_values_are_shown_from_shortly_before_they_differ(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stored, now = "x" * 500 + "2758.25" + "y" * 500, "x" * 500 + "2758.26" + "y" * 500
    line = report(capsys, Difference("output", "id", stored, now))[2]

    assert f"conservé « …{'x' * 24}2758.25yyy" in line
    assert f"recalculé « …{'x' * 24}2758.26yyy" in line
    assert line.count("yyy…") == 2


def test_a_record_without_dossier_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    stored = record(body(samples.campaign(), "m1"), when=datetime(2025, 7, 10, 8, tzinfo=UTC))
    print_differences(
        "submission", replace(stored, dossier_ids=(), type="x"), [Difference("step", "1", "a", "b")]
    )

    assert capsys.readouterr().out.startswith("aucun dossier : x, service submission")
