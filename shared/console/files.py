"""Writing a file that an option names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.console.terminal import Code, echo, fail


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Print where the block wrote a file; end with exit code 1 when it could not."""
    try:
        yield
    except OSError as fault:
        fail(f"{path} cannot be written: {fault.strerror}", Code.WRONG)
    echo(f"→ {path}")
