"""A process that is held to a share of a core uses no more, and goes on afterwards."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.bench.processor import seconds_of_threads
from tests.bench.throttle import throttled
from tests.support.client import LONGEST_S

SHARE, SECONDS = 0.25, 1.0
TOO_LATE_S = 0.1
"""By so much a look may come too late before the end."""


@pytest.fixture
def busy() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    yield process.pid
    process.kill()
    process.wait()


def test_a_busy_process_is_held_to_its_share(busy: int) -> None:
    before, began = seconds_of_threads(busy), time.monotonic()
    with throttled([busy], SHARE):
        time.sleep(SECONDS)
        used, passed = seconds_of_threads(busy) - before, time.monotonic() - began

    assert used <= SHARE * passed + TOO_LATE_S
    _assert_it_goes_on(busy)


def _assert_it_goes_on(pid: int) -> None:
    used, deadline = seconds_of_threads(pid), time.monotonic() + LONGEST_S
    while seconds_of_threads(pid) == used:
        assert time.monotonic() < deadline
        time.sleep(0.01)
