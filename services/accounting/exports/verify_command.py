"""`clas export verify`: verification of batches and of FEC files, without any server."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from services.accounting.exports.fec_report import print_fec_report
from services.accounting.exports.verify import faults
from shared.console.terminal import Code, echo, fail, progress
from shared.fec_validator import Regime, Report, validate

VALID, WRONG, UNREAD = "are valid", "are not as they should be", "are in XML and were not read"


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
    validated = partial(validate, opens_on=opens_on and opens_on.date(), regime=regime)
    results = Counter(_result(path, validated) for path in paths)
    faulty = [
        f"{results[each]} of {len(paths)} {each}" for each in (WRONG, UNREAD) if results[each]
    ]
    if faulty:
        fail(", ".join(faulty), Code.WRONG)


def _result(path: Path, validated: Callable[..., Report]) -> str:
    if path.is_file():
        return _check_fec(path, validated)
    return _report_batch(path, list(faults(path)))


def _report_batch(folder: Path, problems: Iterable[str]) -> str:
    echo(f"{'✗' if problems else '✓'} {folder}")
    for fault in problems:
        echo(f"• {fault}", indent=2)
    return WRONG if problems else VALID


def _check_fec(path: Path, validated: Callable[..., Report]) -> str:
    try:
        with progress() as bar:
            task = bar.add_task(path.name, total=path.stat().st_size)
            report = validated(path, progress=partial(bar.advance, task))
    except OSError as fault:
        fail(f"{path} cannot be read: {fault.strerror}", Code.WRONG)
    print_fec_report(report)
    if not report.read:
        return UNREAD
    return VALID if report.accepted else WRONG
