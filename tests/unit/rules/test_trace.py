"""From each rule to the code that applies it and the test that shows it."""

from pathlib import Path

import pytest

from services.cli.rules.catalogue import rules
from tests.trace import in_code, in_tests
from tests.trace.__main__ import faults, stale
from tests.trace.mutations import mutations, runnable
from tests.trace.page import PAGE, page
from tests.trace.table import missing, traced, unproved


def test_every_rule_leads_to_its_code_and_its_test() -> None:
    assert faults() == []


def test_the_committed_page_is_as_generated() -> None:
    assert not stale(), f"{PAGE} is not as generated: run `make rules`"


def test_every_rule_stands_on_the_page() -> None:
    text = page()

    assert [rule for rule in rules() if f"**{rule}**" not in text] == []


def test_a_rule_whose_code_is_gone_is_named(tmp_path: Path) -> None:
    rule = rules()["ELI-05"]

    assert missing(traced(tmp_path), rule) == [
        "ELI-05: nothing applies it",
        "ELI-05: no test shows it",
    ]


def test_every_applied_rule_is_proved_by_a_mutation_of_its_own_code() -> None:
    assert unproved() == []


def test_a_mutation_whose_code_and_test_are_gone_proves_nothing(tmp_path: Path) -> None:
    project = "services/eligibility/domain/project.py"

    assert [each for each in unproved(tmp_path) if each.startswith("ELI-05: ")] == [
        f"ELI-05: the line of its mutation stands 0 times in {project}",
        f"ELI-05: no code of its row is in {project}",
        "ELI-05: its row does not name tests/cases/eli-05-aide-aux-devoirs-seule.yaml",
    ]


def test_a_rule_that_loses_its_mutation_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    others = {rule: each for rule, each in mutations().items() if rule != "ELI-05"}
    monkeypatch.setattr(
        "tests.trace.table.mutations", lambda: others | {"AXE-12": others["COM-04"]}
    )

    assert unproved() == ["ELI-05: no mutation breaks it", "AXE-12: is not applied"]


def test_a_row_names_the_code_that_is_broken_and_the_test_that_fails_for_it() -> None:
    proof = mutations()["AXE-C3"].test

    assert proof.endswith("::test_a_blank_or_absent_action_breaks_that_objective_only[AXE-C3]")
    row = traced()["AXE-C3"]
    assert (row.code[0], row.proof, row.tests) == (
        "services/eligibility/parameters/objectives.yaml",
        proof,
        (),
    )
    assert traced()["ELI-05"].code[0] == "services.eligibility.domain.project:beyond_homework"
    assert f"preuve `{proof}`" in page()


@pytest.mark.parametrize(
    ("test", "called"),
    [
        (
            "tests/cases/eli-18-sans-ecole.yaml",
            "tests/unit/cases/test_legal_cases.py::test_a_case_ends_as_expected[eli-18-sans-ecole]",
        ),
        ("tests/unit/rules/test_trace.py::test_a", "tests/unit/rules/test_trace.py::test_a"),
    ],
)
def test_a_case_is_run_by_the_test_of_cases(test: str, called: str) -> None:
    assert runnable(test) == called


@pytest.mark.parametrize(
    ("reference", "there"),
    [
        ("services.eligibility.domain.project:beyond_homework", True),
        ("services.eligibility.domain.project:beyond_housework", False),
        ("services.eligibility.domain.nowhere:beyond_homework", False),
        ("services/funding/parameters/baremes.yaml", True),
        ("services/funding/parameters/prices.yaml", False),
    ],
)
def test_a_reference_to_code_resolves_or_does_not(reference: str, *, there: bool) -> None:
    assert in_code.resolves(reference) is there


@pytest.mark.parametrize(
    ("reference", "there"),
    [
        ("tests/unit/rules/test_trace.py::test_every_rule_stands_on_the_page", True),
        ("tests/unit/rules/test_trace.py::test_that_nobody_wrote", False),
        ("tests/unit/rules/test_nothing.py::test_that_nobody_wrote", False),
        ("tests/stories/07-window-in-paris-time.json", True),
    ],
)
def test_a_reference_to_a_test_resolves_or_does_not(reference: str, *, there: bool) -> None:
    assert in_tests.resolves(reference) is there


def test_a_function_that_gives_a_rule_comes_before_one_that_speaks_of_it() -> None:
    first, *_ = in_code.references()["REC-07"]

    assert first == "services.submission.domain.rejection_rules:outside_the_window"


def test_a_test_reached_through_a_table_of_its_file_counts(tmp_path: Path) -> None:
    folder = tmp_path / "tests/unit/funding"
    folder.mkdir(parents=True)
    (folder / "test_small.py").write_text(
        'CASES = ("ACO-01",)\n\n\ndef test_each() -> None:\n    assert CASES\n\n\n'
        "def test_none() -> None:\n    pass\n"
    )

    assert in_tests.references(tmp_path) == {
        "ACO-01": ["tests/unit/funding/test_small.py::test_each"]
    }
