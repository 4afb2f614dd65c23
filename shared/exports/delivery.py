"""Delivery of a batch to the person who requested it: progress, result, errors."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.progress import Progress

from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail, progress, warn
from shared.exports.error_list import UnrepresentableContentError
from shared.exports.pipeline import (
    LEFT_OUT,
    ExportRequest,
    ExportResult,
    NoSuchBatchError,
    TamperedBatchError,
    TargetExistsError,
    deliver,
)
from shared.french import counted, moment
from shared.kernel.read_port import Reads
from shared.kernel.settings import Settings
from shared.mongodb.export_register import ExportInProgressError, open_register

OpenReads = Callable[[Settings], AbstractAsyncContextManager[Reads]]
"""Opens the database of the service whose content is exported."""
MakeRequest = Callable[[Reads, Progress], Awaitable[ExportRequest]]
"""Reads what a batch is made from, and shows how long the work is."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Where the batch goes, which one (None: what is new), and whether to drop an old attempt.

    `otherwise` is the advice where there is nothing to export.
    """

    to: Path
    number: int | None
    take_over: bool
    otherwise: str = ""


def deliver_batch(opened: OpenReads, make_request: MakeRequest, options: ExportOptions) -> None:
    """Deliver a batch, or end with the error and its remedy."""
    settings = load_settings()
    try:
        result = run_async(_result(settings, opened, make_request, options), settings)
    except NoSuchBatchError as fault:
        fail(_nothing(fault, options), Code.WRONG)
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
        fail("this cannot be exported; nothing was written", Code.WRONG)
    except OSError as fault:
        fail(_unwritable(fault, options), Code.WRONG)
    _print(result)


async def _result(
    settings: Settings, opened: OpenReads, make_request: MakeRequest, options: ExportOptions
) -> ExportResult:
    async with opened(settings) as reads, open_register(settings) as register:
        with progress() as bar:
            request = await make_request(reads, bar)
            return await deliver(
                register,
                request,
                options.to,
                number=options.number,
                take_over=options.take_over,
            )


def _nothing(fault: NoSuchBatchError, options: ExportOptions) -> str:
    if options.number is None:
        return (
            "there is nothing to export: are Caf and year right? `clas export list` shows batches"
            + options.otherwise
        )
    return f"there is no batch {options.number} of this series, only: {fault.numbers or 'none yet'}"


def _changed(fault: TamperedBatchError) -> str:
    return (
        f"the stored content of {fault} is not what was exported: restore the database exports from"
        " a backup; `clas check` shows what else changed"
    )


def _unwritable(fault: OSError, options: ExportOptions) -> str:
    return (
        f"{options.to} cannot be written: {fault.strerror}; a batch that was"
        " completed before is stored: `clas export list`, then --batch"
    )


def _busy(fault: ExportInProgressError) -> str:
    return (
        f"another export has been making this batch since {moment(fault.since)}; "
        "if it was interrupted, repeat with --take-over"
    )


def _print(result: ExportResult) -> None:
    manifest = orjson.loads(result.batch.manifest)
    state = "nouveau lot" if result.new else "lot déjà fait, rendu à l’identique"
    echo(f"{result.folder} : {state}", style="bold")
    lines = f", {counted(manifest['lines'], 'ligne')}" if "lines" in manifest else ""
    echo(f"{counted(manifest['count'], 'élément')}{lines}, SHA-256 {manifest['sha256']}", indent=2)
    for note in manifest.get("notes", ()):
        echo(f"• {note}", indent=2)
    echo(f"→ {result.folder / result.batch.file}", indent=2)
    if left_out := manifest.get(LEFT_OUT):
        for sentence in left_out:
            warn(sentence)
        fail("the file was written without the rows named above", Code.WRONG)
