"""`clas export verify`: verification of batches and of FEC files, without any server."""

from collections import Counter
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from services.accounting.exports.fec_report import print_fec_report
from services.accounting.exports.verify import faults
from shared.console.terminal import Code, echo, fail, progress
from shared.fec_validator import Regime, validate


class Result(StrEnum):
    """The result of one path."""

    VALID = "valid"
    WRONG = "wrong"
    UNREAD = "unread"


FAULTY = {
    Result.WRONG: "are not as they should be",
    Result.UNREAD: "are in XML and were not read",
}
"""How the command ends its sentence about the paths of each result that is a fault."""


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
    regime: Annotated[
        Regime | None,
        typer.Option(
            help="Regime of the FEC: bic-is unless its columns show accounts on a cash basis."
        ),
    ] = None,
) -> None:
    """Verify batches, or the flat FEC of any software, without any server; not XML.

    A folder is a batch: its bytes, manifest and hash chain are verified. A file is a FEC: it is
    validated against every rule of docs/fec.md. A FEC in XML is reported as not read.
    """
    first_day = opens_on and opens_on.date()
    results = Counter(
        _check_fec(path, first_day, regime) if path.is_file() else _check_batch(path)
        for path in paths
    )
    faulty = [
        f"{results[result]} of {len(paths)} {sentence}"
        for result, sentence in FAULTY.items()
        if results[result]
    ]
    if faulty:
        fail(", ".join(faulty), Code.WRONG)


def _check_batch(folder: Path) -> Result:
    problems = [*faults(folder)]
    echo(f"{'✗' if problems else '✓'} {folder}")
    for fault in problems:
        echo(f"• {fault}", indent=2)
    return Result.WRONG if problems else Result.VALID


def _check_fec(path: Path, opens_on: date | None, regime: Regime | None) -> Result:
    try:
        with progress() as bar:
            task = bar.add_task(path.name, total=path.stat().st_size)
            advance = partial(bar.advance, task)
            report = validate(path, opens_on=opens_on, regime=regime, progress=advance)
    except OSError as fault:
        fail(f"{path} cannot be read: {fault.strerror}", Code.WRONG)
    print_fec_report(report)
    if not report.read:
        return Result.UNREAD
    return Result.VALID if report.accepted else Result.WRONG
