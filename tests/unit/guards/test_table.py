"""The table of guards names lines that stand, once, and tests that exist."""

from pathlib import Path

import pytest

from tests.guards.rabbitmq import RABBITMQ_GUARDS
from tests.guards.removal import Mutation, stands
from tests.guards.table import GUARDS
from tests.trace import in_tests

ROOT = Path(__file__).parents[3]
ALL = (*GUARDS, *RABBITMQ_GUARDS)


@pytest.mark.parametrize("guard", ALL, ids=[guard.name for guard in ALL])
def test_its_line_stands_once_and_its_test_exists(guard: Mutation) -> None:
    assert stands(ROOT, guard) == 1
    assert guard.without != guard.line
    assert in_tests.resolves(guard.test.partition("[")[0])


def test_each_guard_has_a_name_of_its_own() -> None:
    assert len({guard.name for guard in ALL}) == len(ALL)
