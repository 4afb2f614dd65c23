"""The page shows what a run measured, and says of a goal when it is missed."""

from pathlib import Path

from tests.bench.figures import Figures, Run, load, save
from tests.bench.goals import goals
from tests.bench.page import PAGE, charts, page
from tests.bench.sheets import sheets
from tests.bench.ways import FORWARDER, SERVICE


def run_of(service: float) -> Run:
    ways = {FORWARDER: [Figures(100, 5, 0, 7)], SERVICE: [Figures(service, 9, 4, 7)]}
    return Run(day="2026-01-01", messages=10, rounds=1, hops={"dossier": ways})


def test_a_share_below_its_goal_is_missed() -> None:
    assert [goal.reached for goal in goals(run_of(75))] == [True]
    assert [goal.reached for goal in goals(run_of(74))] == [False]


def test_the_page_has_a_place_for_every_table() -> None:
    text = page(PAGE.read_text(encoding="utf-8"), run_of(74))

    assert "| dossier | forwarder | 100 | 0.74 | 5 | 0 | 7 |" in text
    assert "| 0.74 | ≥ 0.75 | missed |" in text
    assert {sheet.name for sheet in sheets(run_of(74))} == {"hops", "goals"}


def test_a_page_made_again_is_the_same() -> None:
    once = page(PAGE.read_text(encoding="utf-8"), run_of(80))

    assert page(once, run_of(80)) == once


def test_every_chart_of_the_page_is_drawn() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert all(f"(performance-{name}.svg)" in text for name in charts(run_of(80)))


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    run = run_of(80)
    save(run, tmp_path / "run.json")

    assert load(tmp_path / "run.json") == run
