"""What happened in a simulated world, as a hash, and as lines when somebody wants to read it."""

import hashlib
from collections.abc import Callable


class Trace:
    """Each line has the virtual time, the process, the port's call and its outcome."""

    def __init__(
        self, time: Callable[[], float], show: Callable[[str], None] | None = None
    ) -> None:
        self._time, self._show = time, show
        self._hash = hashlib.blake2b(digest_size=16)
        self.steps = 0

    def __call__(self, process: str, call: str, outcome: str = "") -> None:
        """Add one line."""
        line = f"{self._time():10.4f} {process:15} {call:20} {outcome}"
        self._hash.update(line.encode())
        self.steps += 1
        if self._show:
            self._show(line)

    @property
    def digest(self) -> str:
        """The hash over all lines, in hexadecimal."""
        return self._hash.hexdigest()
