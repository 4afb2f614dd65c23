"""Waiting for quiet: several empty looks, or what is left where."""

from collections.abc import Iterable

import pytest

from services.cli import quiet
from services.cli.quiet import Left, settle


def left(queue: int = 0, outbox: int = 0) -> Left:
    return Left(
        queues={"submission": 0, "accounting": queue},
        outboxes={"submission": 0, "accounting": outbox},
    )


class Looks:
    """Looks one after another; the last one again and again."""

    def __init__(self, *seen: Left) -> None:
        self._seen, self.count = list(seen), 0

    async def __call__(self) -> Left:
        self.count += 1
        return self._seen.pop(0) if len(self._seen) > 1 else self._seen[0]


def nobody(_left: Left) -> None:
    """Tell nobody."""


@pytest.fixture(autouse=True)
def _without_delay(monkeypatch: pytest.MonkeyPatch) -> Iterable[None]:
    monkeypatch.setattr(quiet, "PACE_S", 0)
    return ()


async def test_quiet_takes_three_empty_looks_in_a_row() -> None:
    looks = Looks(left(), left(), left(queue=1), left(), left(outbox=1), left())

    assert await settle(looks, 60, nobody) is None
    assert looks.count == 8


async def test_after_the_timeout_it_says_what_is_left_where() -> None:
    stuck = await settle(Looks(left(queue=3, outbox=1)), 0.01, nobody)

    assert str(stuck) == "accounting: 3 in its queue, 1 in its outbox"


async def test_each_look_is_told() -> None:
    told: list[str] = []

    await settle(Looks(left(outbox=2), left()), 60, lambda seen: told.append(str(seen)))

    assert told == ["accounting: 2 in its outbox", *["nothing waits"] * 3]
