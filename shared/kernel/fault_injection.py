"""Named crash points of the unit of work, for tests that kill a service exactly there.

`CLAS_CRASH_AT=accounting.committed:3` kills the accounting service the third time it gets to
`committed`. Without the variable a point costs one comparison.
"""

import os
import signal
from collections import Counter

POINTS = (
    "taken",  # C1: messages in hand, nothing read
    "begun",  # C2: transaction open, inbox read
    "written",  # C2: everything written, not committed
    "committing",  # C3: the commit is on its way
    "committed",  # C4: committed, not acknowledged
    "acked",  # C5: acknowledged, nothing published
    "publishing",  # C6: published, confirms unknown
    "published",  # C7: confirmed, not marked
    "marked",  # C8: all done
    "dead_lettered",  # C9: a dead letter's record is committed, its message not settled
    "leased",  # C10: the relay holds a lease
)


class CrashPoints:
    """Kills the process at one named point, at its nth passage."""

    def __init__(self, service: str, crash_at: str = "") -> None:
        target, _, count = crash_at.partition(":")
        owner, _, point = target.partition(".")
        if crash_at and point not in POINTS:
            msg = f"CLAS_CRASH_AT names no crash point: {crash_at!r}; points: {', '.join(POINTS)}"
            raise ValueError(msg)
        self.service = service
        self._point = point if owner == service else ""
        self._nth = int(count or 1)
        self._passed: Counter[str] = Counter()

    def __call__(self, point: str) -> None:
        """Die here if this is the place and the time."""
        if point != self._point:
            return
        self._passed[point] += 1
        if self._passed[point] == self._nth:
            os.kill(os.getpid(), signal.SIGKILL)
