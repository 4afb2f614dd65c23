"""A place is broken in a copy of the tree, and its test is seen to fail for that alone."""

from pathlib import Path

import pytest

from tests.guards.removal import RED, Mutation, outcome_of, red_before, stands

RULES = "rules.py"
TEXT = "def adult(age: int) -> bool:\n    return age >= 18\n"
SHOWN = "tests/unit/test_rules.py::test_adults_are_eighteen"
TESTS = """from rules import adult


def test_adults_are_eighteen() -> None:
    assert adult(18) and not adult(17)


def test_nothing() -> None:
    assert adult


def test_that_never_passed() -> None:
    assert adult(17)
"""


def tree(folder: Path) -> Path:
    """Write a tree of one rule and its tests."""
    (folder / "tests/unit").mkdir(parents=True)
    (folder / RULES).write_text(TEXT, encoding="utf-8")
    (folder / "tests/unit/test_rules.py").write_text(TESTS, encoding="utf-8")
    return folder


def mutation(line: str = "age >= 18", without: str = "True", test: str = SHOWN) -> Mutation:
    return Mutation("adults", RULES, line, without, test)


def named(test: str) -> str:
    return f"tests/unit/test_rules.py::{test}"


@pytest.mark.parametrize(
    ("broken", "outcome"),
    [
        (mutation(), RED),
        (mutation(without="age > 17"), "passes without it"),
        (mutation(test=named("test_nothing")), "passes without it"),
        (mutation(line="age"), f"its line stands 2 times in {RULES}"),
        (mutation(line="age >= 21"), f"its line stands 0 times in {RULES}"),
    ],
)
def test_each_outcome_is_named_and_the_tree_is_whole_again(
    broken: Mutation, outcome: str, tmp_path: Path
) -> None:
    copy = tree(tmp_path)

    assert outcome_of(copy, broken) == outcome
    assert (copy / RULES).read_text(encoding="utf-8") == TEXT


def test_a_test_that_does_not_run_is_not_red(tmp_path: Path) -> None:
    copy = tree(tmp_path)

    assert outcome_of(copy, mutation(test=named("test_of_nobody"))).startswith("does not run")
    assert outcome_of(copy, mutation(without="age >=")).startswith("does not run")


def test_a_test_that_fails_with_its_rule_proves_nothing(tmp_path: Path) -> None:
    never = named("test_that_never_passed")

    assert red_before(tree(tmp_path), [mutation(), mutation(test=never)]) == {never}


def test_a_file_that_is_not_there_has_no_line(tmp_path: Path) -> None:
    assert stands(tmp_path, mutation()) == 0
