"""Handing a batch over to the person who asked: progress, what was given, what was wrong."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.progress import Progress

from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail, progress, warn
from shared.exports.error_list import UnrepresentableContentError
from shared.exports.pipeline import (
    ExportRequest,
    ExportResult,
    NoSuchBatchError,
    TamperedBatchError,
    TargetExistsError,
    deliver,
)
from shared.french import counted, moment
from shared.kernel.settings import Settings
from shared.mongodb.export_register import ExportInProgressError, open_register
from shared.mongodb.read_api import ReadApi, open_read_api

Ordered = Callable[[ReadApi, Progress], Awaitable[ExportRequest]]
"""Reads what an order needs, and shows how long the work is."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Where the batch goes, which one (None: what is new), and whether to drop an old attempt.

    `otherwise` says how to ask for more, where there is nothing.
    """

    to: Path
    number: int | None
    take_over: bool
    otherwise: str = ""


def deliver_batch(ordered: Ordered, asked: ExportOptions) -> None:
    """Hand a batch over, or end with what is wrong and the way out."""
    known = load_settings()
    try:
        given = run_async(_given(known, ordered, asked), known)
    except NoSuchBatchError as fault:
        fail(_nothing(fault, asked), Code.WRONG)
    except ExportInProgressError as fault:
        fail(_busy(fault), Code.WRONG)
    except TargetExistsError as fault:
        fail(
            f"{fault} exists and is not this batch: move it away, or give another --to", Code.WRONG
        )
    except TamperedBatchError as fault:
        fail(_changed(fault), Code.WRONG)
    except UnrepresentableContentError as fault:
        for reason in fault.reasons:
            warn(reason)
        fail("this cannot be given out; nothing was written", Code.WRONG)
    except OSError as fault:
        fail(_unwritable(fault, asked), Code.WRONG)
    _tell(given)


async def _given(settings: Settings, ordered: Ordered, asked: ExportOptions) -> ExportResult:
    async with open_read_api(settings) as kept, open_register(settings) as batches:
        with progress() as bar:
            order = await ordered(kept, bar)
            return await deliver(
                batches, order, asked.to, number=asked.number, take_over=asked.take_over
            )


def _nothing(fault: NoSuchBatchError, asked: ExportOptions) -> str:
    if asked.number is None:
        return (
            "there is nothing to export: are Caf and year right? `clas export list` shows batches"
            + asked.otherwise
        )
    return f"there is no batch {asked.number} of this series, only: {fault.known or 'none yet'}"


def _changed(fault: TamperedBatchError) -> str:
    return (
        f"what is kept of {fault} is not what was frozen: restore the database exports from a"
        " backup; `clas check` shows what else changed"
    )


def _unwritable(fault: OSError, asked: ExportOptions) -> str:
    return (
        f"{asked.to} cannot be written: {fault.strerror}; a batch that was"
        " frozen before is kept: `clas export list`, then --batch"
    )


def _busy(fault: ExportInProgressError) -> str:
    return (
        f"another export has been making this batch since {moment(fault.since)}; "
        "if it was interrupted, ask again with --take-over"
    )


def _tell(given: ExportResult) -> None:
    said = orjson.loads(given.batch.manifest)
    state = "nouveau lot" if given.new else "lot déjà fait, rendu à l’identique"
    echo(f"{given.folder} : {state}", style="bold")
    lines = f", {counted(said['lines'], 'ligne')}" if "lines" in said else ""
    echo(f"{counted(said['count'], 'élément')}{lines}, SHA-256 {said['sha256']}", indent=2)
    for note in said.get("notes", ()):
        echo(f"• {note}", indent=2)
    echo(f"→ {given.folder / given.batch.file}", indent=2)
