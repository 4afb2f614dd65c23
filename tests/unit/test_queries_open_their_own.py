"""A service opens its own database and no other: the import contract sees modules, not names."""

import ast
from pathlib import Path

import pytest

from shared.contracts.registry import SERVICES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("service", SERVICES)
def test_the_queries_of_a_service_open_its_own_database(service: str) -> None:
    source = (ROOT / "services" / service / "queries.py").read_text(encoding="utf-8")
    calls = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "open_reads"
    ]

    assert [ast.unparse(call.args[1]) for call in calls] == [repr(service)]
