"""All that is not determined by messages and states: the time, random ids, random waits.

The kernel and its in-process adapters take these from one object, so that a simulation can own
them. Decisions never see it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4


def utc_now() -> datetime:
    """Return the wall-clock time; only record times use it, never a decision."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, random ids, and random numbers of seconds between two bounds."""

    now: Callable[[], datetime] = utc_now
    uuid: Callable[[], UUID] = uuid4
    uniform: Callable[[float, float], float] = random.uniform


REAL_CLOCK = Clock()
