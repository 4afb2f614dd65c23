"""Following a closing to its end, from whoever asked for it and however far it has come."""

import asyncio
import time
from collections.abc import Callable

from services.accounting.closing_cli.exercise_status import (
    ACCOUNTING,
    Progress,
    exercise_status,
    progress_of,
)
from services.accounting.closing_cli.request import Request
from services.accounting.domain.closing import Closing
from shared.console.terminal import progress
from shared.contracts.accounting import ClosingRefused
from shared.contracts.common import Reason
from shared.contracts.envelope import decode
from shared.kernel.ports import MessageRecord
from shared.mongodb.read_api import ReadApi

PACE_S = 0.3
Tell = Callable[[Progress], None]


class ClosingRefusedError(Exception):
    """Accounting refused the request; no reasons: it could not even be read."""

    def __init__(self, *reasons: Reason) -> None:
        self.reasons = reasons
        super().__init__(*reasons)


class NoProgressError(Exception):
    """The closing has not moved for too long."""


async def follow(kept: ReadApi, asked: Request, timeout_s: float) -> Closing:
    """Return the closing once it is done, showing how far it is.

    Raises:
        Refused: when accounting refused the request.
        Stalled: when nothing moved for `timeout_s` seconds.
    """
    with progress() as bar:
        grants = bar.add_task("Droits passés", total=None)
        entries = bar.add_task("Écritures validées", total=None)

        def tell(far: Progress) -> None:
            bar.update(grants, total=far.grants, completed=far.grants_passed)
            bar.update(entries, total=far.entries, completed=far.entries_validated)

        return await _until_done(kept, asked, timeout_s, tell)


async def _until_done(kept: ReadApi, asked: Request, timeout_s: float, tell: Tell) -> Closing:
    seen, deadline = None, time.monotonic() + timeout_s
    while True:
        closing = (await exercise_status(kept, asked.caf, asked.exercise)).closing
        if closing is None:
            _expect_no_refusal(await kept.record(ACCOUNTING, asked.key))
        elif closing.step == "done":
            return closing
        elif closing != seen:
            seen, deadline = closing, time.monotonic() + timeout_s
            tell(await progress_of(kept, closing))
        if time.monotonic() > deadline:
            raise NoProgressError
        await asyncio.sleep(PACE_S)


def _expect_no_refusal(record: MessageRecord | None) -> None:
    """Nothing is begun: either nobody has read the request yet, or it was refused."""
    if record is None:
        return
    if record.outcome != "decided":
        raise ClosingRefusedError
    for output in record.outputs:
        if output.routing_key.startswith("ClosingRefused."):
            told = decode(output.body).data
            raise ClosingRefusedError(*(told.reasons if isinstance(told, ClosingRefused) else ()))
