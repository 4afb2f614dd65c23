"""Writing a file that a person asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.console.terminal import Code, echo, fail


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say where something was written, or end with what was wrong."""
    try:
        yield
    except OSError as fault:
        fail(f"{path} cannot be written: {fault.strerror}", Code.WRONG)
    echo(f"→ {path}")
