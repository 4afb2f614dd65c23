"""The result of a probe."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One line: the subject of the probe, its state, the detail, and the remedy.

    `waiting` counts what waits in a queue or an outbox, and `oldest_s` is the age of the oldest of
    it in whole seconds, null where it is not known.
    """

    state: State
    subject: str
    detail: str
    remedy: str = ""
    waiting: int | None = None
    oldest_s: int | None = None


def with_age(result: ProbeResult, oldest: timedelta | None) -> ProbeResult:
    """Return the line of a queue or an outbox with the age of the oldest in its detail."""
    if oldest is None:
        return result
    oldest_s = max(0, int(oldest.total_seconds()))
    detail = f"{result.detail}, the oldest for {age_text(oldest_s)}"
    return replace(result, detail=detail, oldest_s=oldest_s)


def age_text(seconds: int) -> str:
    """Return `40 s`, `12 min`, `3 h` or `2 days`."""
    if seconds < 2 * MINUTE_S:
        return f"{seconds} s"
    if seconds < 2 * HOUR_S:
        return f"{seconds // MINUTE_S} min"
    return f"{seconds // HOUR_S} h" if seconds < 2 * DAY_S else f"{seconds // DAY_S} days"
