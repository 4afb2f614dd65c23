"""Four services as four processes: started together, stopped together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

POLL_S = 0.1
GRACE_S = 5.0
"""What a service gets on top of the time that it may take to finish its work."""
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Supervisor:
    """Starts the services, forwards the order to stop, and tolerates no gap."""

    def __init__(self, ports: dict[str, int], drain_s: float) -> None:
        self._ports, self._drain_s = ports, drain_s
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._told_to_stop = False
        self.fault: str | None = None

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Stop on SIGTERM, SIGINT and SIGHUP while this block lasts; no process outlives it."""
        before = {number: signal.signal(number, self._stop) for number in STOPPING}
        try:
            yield
        finally:
            self._end()
            for number, handler in before.items():
                signal.signal(number, handler)

    def start(self, **environment: str) -> None:
        """Start every service, with these variables on top of our own."""
        for name, port in self._ports.items():
            self._processes[name] = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", f"services.{name}"],
                env=os.environ | environment | {"CLAS_PORT": str(port)},
                # Ctrl-C is for us: a service that heard it twice would not finish its work.
                process_group=0,
            )

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop, or a service ended by itself."""
        return self._told_to_stop or self.look() is not None

    def look(self) -> str | None:
        """Return, and remember as the fault, which service ended by itself, if any did."""
        for name, process in self._processes.items():
            code = process.poll()
            if code is not None and not self._told_to_stop and self.fault is None:
                self.fault = f"{name} ended by itself ({_of(code)}); the others were stopped"
        return self.fault

    def watch(self) -> None:
        """Return once told to stop, or once a service ended by itself."""
        while not self.stopping:
            time.sleep(POLL_S)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._told_to_stop = True

    def _end(self) -> None:
        """Let every service finish its work; kill those that do not."""
        running = {name: each for name, each in self._processes.items() if each.poll() is None}
        for process in running.values():
            process.terminate()
        deadline = time.monotonic() + self._drain_s + GRACE_S
        for name, process in running.items():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                self.fault = self.fault or f"{name} did not finish its work in time and was killed"


def _of(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
