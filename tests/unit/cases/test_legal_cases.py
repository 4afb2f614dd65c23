"""The legal cases of tests/cases, run with the production decisions."""

from pathlib import Path

import pytest

from services.cli.cases.run import Case, differences, load
from services.cli.rules.catalogue import own_rules, rules

FOLDER = Path(__file__).parent.parent.parent / "cases"
CASES: dict[str, Case] = {file.stem: load(file) for file in sorted(FOLDER.glob("*.yaml"))}
BODIES = {
    *("REC", "ELI", "ENC", "AXE", "DER", "BON", "PLU", "COM", "COF", "PRX"),
    *("ACO", "SOL", "CTL", "CPT", "CNV", "CAL", "VER"),
}


@pytest.mark.parametrize("name", CASES)
async def test_a_case_ends_as_expected(name: str) -> None:
    assert await differences(CASES[name]) == []


def test_there_are_at_least_80_each_with_a_name_of_its_own() -> None:
    assert len(CASES) >= 80
    assert len({case["nom"] for case in CASES.values()}) == len(CASES)


def test_each_case_names_the_rules_that_it_shows() -> None:
    named = {rule for case in CASES.values() for rule in case["règles"]}

    assert named <= rules().keys() | own_rules().keys()
    assert {rule.partition("-")[0] for rule in named} >= BODIES


def test_cases_cover_years_with_and_without_a_bareme() -> None:
    assert {"2020-2021", "2021-2022", "2023-2024", "2025-2026"} <= {
        str(case["période"]) for case in CASES.values()
    }
