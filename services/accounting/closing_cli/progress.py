"""Follows a closing to its end, whoever requested it and whatever its progress."""

import asyncio
import time
from collections.abc import Callable

from services.accounting import queries
from services.accounting.closing_cli.request import Request
from services.accounting.domain.closing import Closing
from services.accounting.queries import ClosingProgress
from shared.console.runtime import run_async
from shared.console.terminal import Code, fail, progress, warn
from shared.contracts.accounting import ClosingRefused
from shared.contracts.common import Reason
from shared.contracts.envelope import decode
from shared.kernel.messages import MessageRecord
from shared.kernel.read_port import Reads
from shared.kernel.settings import Settings

PACE_S = 0.3
Report = Callable[[ClosingProgress], None]


class ClosingRefusedError(Exception):
    """Accounting refused the request; no reasons: the message could not be read."""

    def __init__(self, *reasons: Reason) -> None:
        self.reasons = reasons
        super().__init__(*reasons)


class NoProgressError(Exception):
    """The closing has not moved for too long."""


def follow(settings: Settings, request: Request, timeout_s: float) -> Closing:
    """Return the closing once it is done; end with the reason and the remedy when it fails."""
    command = f"`clas close --caf {request.caf} --exercise {request.exercise}`"
    try:
        return run_async(_followed(settings, request, timeout_s), settings)
    except KeyboardInterrupt:
        warn(f"la clôture continue sans cette commande ; {command} la suit de nouveau")
        raise
    except NoProgressError:
        way_out = f"`clas serve accounting` le démarre, puis {command} suit la clôture"
        question = f"rien n’avance depuis {timeout_s:g} s : le service accounting tourne-t-il ?"
        fail(f"{question} {way_out}", Code.WRONG)
    except ClosingRefusedError as refused:
        reasons = " ".join(f"[{reason.rule}] {reason.message}" for reason in refused.reasons)
        dead = "la demande a été mise de côté : `clas dead-letters list accounting` dit pourquoi"
        fail(f"clôture refusée : {reasons}" if reasons else dead, Code.WRONG)


async def _followed(settings: Settings, request: Request, timeout_s: float) -> Closing:
    with progress() as bar:
        grants = bar.add_task("Droits passés", total=None)
        entries = bar.add_task("Écritures validées", total=None)

        def report(counts: ClosingProgress) -> None:
            bar.update(grants, total=counts.grants, completed=counts.grants_passed)
            bar.update(entries, total=counts.entries, completed=counts.entries_validated)

        async with queries.opened(settings) as reads:
            return await _until_done(reads, request, timeout_s, report)


async def _until_done(reads: Reads, request: Request, timeout_s: float, report: Report) -> Closing:
    """Return the closing once it is done.

    Raises:
        ClosingRefusedError: when accounting refused the request.
        NoProgressError: when nothing moved for `timeout_s` seconds.
    """
    before, deadline = None, time.monotonic() + timeout_s
    while True:
        closing = await queries.closing(reads, request.caf, request.exercise)
        if closing is None:
            _expect_no_refusal(await reads.record(request.key))
        elif closing.is_done:
            return closing
        elif closing != before:
            before, deadline = closing, time.monotonic() + timeout_s
            report(await queries.closing_progress(reads, closing))
        if time.monotonic() > deadline:
            raise NoProgressError
        await asyncio.sleep(PACE_S)


def _expect_no_refusal(record: MessageRecord | None) -> None:
    """Raise where the request was refused; without a record it was not handled yet."""
    if record is None:
        return
    if record.outcome != "decided":
        raise ClosingRefusedError
    for output in record.outputs:
        if output.routing_key.startswith("ClosingRefused."):
            refused = decode(output.body).data
            reasons = refused.reasons if isinstance(refused, ClosingRefused) else ()
            raise ClosingRefusedError(*reasons)
