"""The position of a record: the order in which a service handled its messages."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def position_of(instant: datetime) -> int:
    """Return the microseconds since 1970: no record handled before it has a higher position."""
    return (instant - EPOCH) // MICROSECOND


def next_position(previous: int, now: datetime) -> int:
    """Return the position of a record handled at `now`, after the one at `previous`.

    Where the clock stands still or goes back, it is the next number. Two workers of a service
    may give the same position.
    """
    return max(previous + 1, position_of(now))
