"""`clas export verify`: what was given out, looked at again by anybody, without any server."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from services.accounting.exports.fec_report import print_fec_report
from services.accounting.exports.verify import faults
from shared.console.terminal import Code, echo, fail, progress
from shared.fec_validator import validate


def verify(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH…", help="Folders of batches as they were given, or FEC."),
    ],
    *,
    opens_on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DAY",
            help="First day of a FEC's exercise, where it is not one of twelve months.",
        ),
    ] = None,
) -> None:
    """Look at batches again, or at a FEC of anybody, without any server.

    Of a batch: bytes, manifest, chain of hashes. A file is taken for a FEC, and checked by every
    rule of docs/fec.md.
    """
    first = opens_on.date() if opens_on else None
    wrong = sum(not _is_right(path, first) for path in paths)
    if wrong:
        fail(f"{wrong} of {len(paths)} are not as they should be", Code.WRONG)


def _is_right(path: Path, opens_on: date | None) -> bool:
    if path.is_file():
        return _is_fec(path, opens_on)
    return _is_batch(path, list(faults(path)))


def _is_batch(folder: Path, found: Iterable[str]) -> bool:
    echo(f"{'✗' if found else '✓'} {folder}")
    for fault in found:
        echo(f"• {fault}", indent=2)
    return not found


def _is_fec(path: Path, opens_on: date | None) -> bool:
    try:
        with progress() as bar:
            task = bar.add_task(path.name, total=path.stat().st_size)
            report = validate(path, opens_on=opens_on, progress=partial(bar.advance, task))
    except OSError as fault:
        fail(f"{path} cannot be read: {fault.strerror}", Code.WRONG)
    print_fec_report(report)
    return report.accepted
