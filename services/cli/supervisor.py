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
"""Seconds that a service gets beyond its drain time before it is killed."""
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Supervisor:
    """Starts the services, stops them on a signal, and stops all when one ends by itself."""

    def __init__(self, ports: dict[str, int], drain_s: float) -> None:
        self._ports, self._drain_s = ports, drain_s
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._stop_requested = False
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
        """Start every service, with these variables added to the environment."""
        for name, port in self._ports.items():
            self._processes[name] = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", f"services.{name}"],
                env=os.environ | environment | {"CLAS_PORT": str(port)},
                # Ctrl-C reaches this process only: a service that gets it twice does not drain.
                process_group=0,
            )

    @property
    def stopping(self) -> bool:
        """Whether a stop was requested, or a service ended by itself."""
        return self._stop_requested or self.check() is not None

    def check(self) -> str | None:
        """Return the fault, set once: the first service that ended by itself, and how."""
        for name, process in self._processes.items():
            code = process.poll()
            if code is not None and not self._stop_requested and self.fault is None:
                self.fault = f"{name} ended by itself ({_exit_text(code)}); the others were stopped"
        return self.fault

    def watch(self) -> None:
        """Return once a stop was requested, or a service ended by itself."""
        while not self.stopping:
            time.sleep(POLL_S)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_requested = True

    def _end(self) -> None:
        """Let every service drain; kill those that do not in time."""
        running = {
            name: process for name, process in self._processes.items() if process.poll() is None
        }
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


def _exit_text(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
