"""Writing a file that an option names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from shared.console.terminal import Code, echo, fail


@contextmanager
def writing(path: Path, *, as_json: bool = False) -> Iterator[None]:
    """Print where the block wrote a file; end with exit code 1 when it could not.

    `as_json`: standard output is one JSON document, so print it on standard error.
    """
    try:
        yield
    except OSError as fault:
        fail(f"{path} cannot be written: {fault.strerror}", Code.WRONG)
    if as_json:
        typer.echo(f"→ {path}", err=True)
    else:
        echo(f"→ {path}")
