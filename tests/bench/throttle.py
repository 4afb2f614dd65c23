"""Processes held to a share of one core: stopped for the rest of a period once it is used up.

Signals do what a control group's quota does, and need no rights: a process that used its part of
100 ms gets SIGSTOP, and SIGCONT at the end of them.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from tests.bench.processor import seconds_of_threads

PERIOD_S, STEP_S = 0.1, 0.002


@contextmanager
def throttled(pids: Sequence[int], share: float) -> Iterator[None]:
    """Hold each process to `share` of one core within the block; 1 holds nothing."""
    ended = threading.Event()
    threads = [threading.Thread(target=_hold, args=(pid, share, ended)) for pid in pids]
    if share < 1:
        for thread in threads:
            thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads if share < 1 else ():
            thread.join()


def _hold(pid: int, share: float, ended: threading.Event) -> None:
    """What a period used too much is missing in the next one; what it left is lost."""
    with suppress(OSError):  # The process has ended.
        limit = seconds_of_threads(pid)
        while not ended.is_set():
            limit = min(limit, seconds_of_threads(pid)) + share * PERIOD_S
            _one_period(pid, limit, ended)


def _one_period(pid: int, limit: float, ended: threading.Event) -> None:
    end = time.monotonic() + PERIOD_S
    while (left := end - time.monotonic()) > 0 and not ended.is_set():
        if seconds_of_threads(pid) >= limit:
            os.kill(pid, signal.SIGSTOP)
            ended.wait(left)
            os.kill(pid, signal.SIGCONT)
            return
        time.sleep(STEP_S)
