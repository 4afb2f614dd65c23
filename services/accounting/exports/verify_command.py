"""`clas export verify`: verification of batches and of FEC files, without any server."""

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
        typer.Argument(metavar="PATH…", help="Folders of batches, or FEC files."),
    ],
    *,
    opens_on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DAY",
            help="First day of the FEC's exercise, unless it has twelve months.",
        ),
    ] = None,
) -> None:
    """Verify batches, or the FEC of any software, without any server.

    A folder is a batch: its bytes, manifest and hash chain are verified. A file is a FEC: it is
    validated against every rule of docs/fec.md.
    """
    first = opens_on.date() if opens_on else None
    wrong = sum(not _is_valid(path, first) for path in paths)
    if wrong:
        fail(f"{wrong} of {len(paths)} are not as they should be", Code.WRONG)


def _is_valid(path: Path, opens_on: date | None) -> bool:
    if path.is_file():
        return _check_fec(path, opens_on)
    return _report_batch(path, list(faults(path)))


def _report_batch(folder: Path, problems: Iterable[str]) -> bool:
    echo(f"{'✗' if problems else '✓'} {folder}")
    for fault in problems:
        echo(f"• {fault}", indent=2)
    return not problems


def _check_fec(path: Path, opens_on: date | None) -> bool:
    try:
        with progress() as bar:
            task = bar.add_task(path.name, total=path.stat().st_size)
            report = validate(path, opens_on=opens_on, progress=partial(bar.advance, task))
    except OSError as fault:
        fail(f"{path} cannot be read: {fault.strerror}", Code.WRONG)
    print_fec_report(report)
    return report.accepted
