"""The table of guards names lines that stand, once, and tests that exist."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.guards.rabbitmq import RABBITMQ_GUARDS
from tests.guards.table import GUARDS, Guard

ROOT = Path(__file__).parents[2]
ALL = (*GUARDS, *RABBITMQ_GUARDS)


@cache
def functions_of(path: str) -> set[str]:
    """Return the functions of a file of tests."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}


@pytest.mark.parametrize("guard", ALL, ids=[guard.name for guard in ALL])
def test_its_line_stands_once_and_its_test_exists(guard: Guard) -> None:
    text = (ROOT / guard.path).read_text(encoding="utf-8")
    path, _, test = guard.test.partition("::")

    assert text.count(guard.line) == 1
    assert guard.without != guard.line
    assert test.partition("[")[0] in functions_of(path)


def test_each_guard_has_a_name_of_its_own() -> None:
    assert len({guard.name for guard in ALL}) == len(ALL)
