"""Named crash points of the unit of work, for tests that kill a service exactly there.

`CLAS_CRASH_AT=accounting.committed:3` kills the accounting service the third time it reaches
`committed`. Without the variable a crash point costs one comparison.
"""

import os
import signal
from collections import Counter

POINTS = (
    "taken",  # C1: messages received, nothing read
    "begun",  # C2: transaction open, inbox read
    "written",  # C2: everything written, not committed
    "committing",  # C3: the commit is sent
    "committed",  # C4: committed, not acknowledged
    "acked",  # C5: acknowledged, nothing published
    "publishing",  # C6: published, confirms unknown
    "published",  # C7: confirmed, not marked
    "marked",  # C8: marked as published
    "dead_lettered",  # C9: a dead letter's record is committed, its message not acknowledged
    "leased",  # C10: the relay holds a lease
)


class CrashPoints:
    """Kills the process at one crash point, the nth time it is reached."""

    def __init__(self, service: str, crash_at: str = "") -> None:
        target, _, count = crash_at.partition(":")
        owner, _, point = target.partition(".")
        if crash_at and point not in POINTS:
            msg = f"CLAS_CRASH_AT names no crash point: {crash_at!r}; points: {', '.join(POINTS)}"
            raise ValueError(msg)
        self.service = service
        self._point = point if owner == service else ""
        self._nth = int(count or 1)
        self._counts: Counter[str] = Counter()

    def __call__(self, point: str) -> None:
        """Kill the process if this is the configured crash point for the nth time."""
        if point != self._point:
            return
        self._counts[point] += 1
        if self._counts[point] == self._nth:
            os.kill(os.getpid(), signal.SIGKILL)
