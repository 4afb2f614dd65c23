"""Handing a batch over to the person who asked: progress, what was given, what was wrong."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.progress import Progress

from shared.console.runtime import run, settings
from shared.console.terminal import Code, fail, progress, say, warn
from shared.exports.error_list import Unfit
from shared.exports.pipeline import (
    Differs,
    Given,
    NoSuchBatch,
    NotAsFrozen,
    Order,
    deliver,
)
from shared.french import counted, moment
from shared.kernel.settings import Settings
from shared.mongodb.export_register import BeingCut, register
from shared.mongodb.read_api import Archive, archive

Ordered = Callable[[Archive, Progress], Awaitable[Order]]
"""Reads what an order needs, and shows how long the work is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the batch goes, which one (None: what is new), and whether to drop an old attempt.

    `otherwise` says how to ask for more, where there is nothing.
    """

    to: Path
    number: int | None
    take_over: bool
    otherwise: str = ""


def give(ordered: Ordered, asked: Asked) -> None:
    """Hand a batch over, or end with what is wrong and the way out."""
    known = settings()
    try:
        given = run(_given(known, ordered, asked), known)
    except NoSuchBatch as fault:
        fail(_nothing(fault, asked), Code.WRONG)
    except BeingCut as fault:
        fail(_busy(fault), Code.WRONG)
    except Differs as fault:
        fail(
            f"{fault} exists and is not this batch: move it away, or give another --to", Code.WRONG
        )
    except NotAsFrozen as fault:
        fail(_changed(fault), Code.WRONG)
    except Unfit as fault:
        for reason in fault.reasons:
            warn(reason)
        fail("this cannot be given out; nothing was written", Code.WRONG)
    except OSError as fault:
        fail(_unwritable(fault, asked), Code.WRONG)
    _tell(given)


async def _given(known: Settings, ordered: Ordered, asked: Asked) -> Given:
    async with archive(known) as kept, register(known) as batches:
        with progress() as bar:
            order = await ordered(kept, bar)
            return await deliver(
                batches, order, asked.to, number=asked.number, take_over=asked.take_over
            )


def _nothing(fault: NoSuchBatch, asked: Asked) -> str:
    if asked.number is None:
        return (
            "there is nothing to export: are Caf and year right? `clas export list` shows batches"
            + asked.otherwise
        )
    return f"there is no batch {asked.number} of this series, only: {fault.known or 'none yet'}"


def _changed(fault: NotAsFrozen) -> str:
    return (
        f"what is kept of {fault} is not what was frozen: restore the database exports from a"
        " backup; `clas check` shows what else changed"
    )


def _unwritable(fault: OSError, asked: Asked) -> str:
    return (
        f"{asked.to} cannot be written: {fault.strerror}; a batch that was"
        " frozen before is kept: `clas export list`, then --batch"
    )


def _busy(fault: BeingCut) -> str:
    return (
        f"another export has been making this batch since {moment(fault.since)}; "
        "if it was interrupted, ask again with --take-over"
    )


def _tell(given: Given) -> None:
    said = orjson.loads(given.batch.manifest)
    state = "nouveau lot" if given.new else "lot déjà fait, rendu à l’identique"
    say(f"{given.folder} : {state}", style="bold")
    lines = f", {counted(said['lines'], 'ligne')}" if "lines" in said else ""
    say(f"{counted(said['count'], 'élément')}{lines}, SHA-256 {said['sha256']}", indent=2)
    for note in said.get("notes", ()):
        say(f"• {note}", indent=2)
    say(f"→ {given.folder / given.batch.file}", indent=2)
