"""The states of a unit of work: what it writes comes in one order, whatever it decided first."""

from itertools import permutations
from typing import Any, ClassVar

from shared.kernel.decision import State, StoredState
from shared.kernel.memory.store import MemoryStore, MemoryTransaction
from shared.kernel.session import Session


class Early(State):
    """A state of the first collection by name."""

    collection: ClassVar[str] = "a"
    name: str

    @property
    def key(self) -> str:
        """The name."""
        return self.name


class Late(Early):
    """A state of the last one."""

    collection: ClassVar[str] = "z"


def test_writes_are_sorted_so_that_two_units_meet_at_the_first_they_share() -> None:
    states: list[StoredState[Any]] = [
        StoredState.of(Early(name="1"), 1),
        StoredState.of(Early(name="2"), 1),
        StoredState.of(Late(name="0"), 1),
        StoredState.of(Late(name="3"), 1),
    ]
    for decided in permutations(states):
        session = Session(MemoryTransaction(MemoryStore(), 0))
        for state in decided:
            session.apply([state])
        assert session.written == states
