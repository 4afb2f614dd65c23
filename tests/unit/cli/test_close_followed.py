"""Following a closing: how far it is, its end, a refusal, and one that does not move."""

from collections.abc import Iterable
from typing import Any

import pytest

from services.accounting.closing_cli import progress as follow
from services.accounting.closing_cli.progress import (
    ClosingRefusedError,
    NoProgressError,
    _until_done,
)
from services.accounting.closing_cli.request import Request
from services.accounting.domain.closing import Closing
from services.accounting.domain.grants import Grant
from services.accounting.queries import ClosingProgress
from shared.contracts.accounting import ClosingRefused
from shared.kernel.decision import State
from shared.kernel.messages import MessageRecord
from tests.support.samples import exercise_closed
from tests.unit.cli.builders import at, body, built, output, record

ASKED = Request("761", 2025, exercise_closed().closed_on, None)
PASSING = Closing(
    caf="761",
    exercise=2025,
    closed_on=exercise_closed().closed_on,
    grants_per_page=100,
    entries_per_page=250,
    head_hash="0" * 64,
    after="D-4|2025-2026",
)
NUMBERING = PASSING.with_changes(step="entries", after="13|2025-12-31|e", sequence=8)
DONE = PASSING.with_changes(step="done", after="", sequence=12)


class FakeReads:
    """Reads whose closing changes at each query; the last one is repeated."""

    def __init__(self, *closings: Closing | None, record: MessageRecord | None = None) -> None:
        self._closings, self._record = list(closings), record

    async def state(self, model: type[State], _key: str) -> State | None:
        if model is not Closing:
            return None
        return self._closings.pop(0) if len(self._closings) > 1 else self._closings[0]

    async def count_states(self, model: type[State], where: dict[str, Any]) -> int:
        """Ten grants, four of them up to the cursor; twelve entries."""
        if model is not Grant:
            return 12
        return 10 if "_id" not in where else {"D-4|2025-2026": 4}[where["_id"]["$lte"]]

    async def record(self, key: object) -> MessageRecord | None:
        assert key == ASKED.key
        return self._record


@pytest.fixture(autouse=True)
def _without_delay(monkeypatch: pytest.MonkeyPatch) -> Iterable[None]:
    monkeypatch.setattr(follow, "PACE_S", 0)
    return ()


async def followed(
    archive: FakeReads, timeout_s: float = 60
) -> tuple[Closing, list[ClosingProgress]]:
    steps: list[ClosingProgress] = []
    closing = await _until_done(archive, ASKED, timeout_s, steps.append)  # type: ignore[arg-type]
    return closing, steps


async def test_each_step_is_told_once_and_the_end_is_returned() -> None:
    closing, steps = await followed(FakeReads(None, PASSING, PASSING, NUMBERING, DONE))

    assert closing == DONE
    assert steps == [
        ClosingProgress(grants=10, grants_passed=4, entries=12, entries_validated=0),
        ClosingProgress(grants=10, grants_passed=10, entries=12, entries_validated=8),
    ]


@pytest.mark.parametrize("stands", [None, PASSING])
async def test_a_closing_that_does_not_move_is_given_up(stands: Closing | None) -> None:
    with pytest.raises(NoProgressError):
        await followed(FakeReads(stands), timeout_s=0.05)


async def test_a_refusal_ends_it_with_its_reasons() -> None:
    reasons = [{"rule": "CLO-01", "message": "2024 est ouvert."}]
    refused = built(ClosingRefused, caf="761", exercise=2025, reasons=reasons)
    answer = output(refused, "answer", "accounting", ASKED.id)
    archive = FakeReads(None, record=record(ASKED.body, answer, when=at(0)))

    with pytest.raises(ClosingRefusedError) as fault:
        await followed(archive)

    assert [(each.rule, each.message) for each in fault.value.reasons] == [
        ("CLO-01", "2024 est ouvert."),
    ]


async def test_a_request_that_was_put_aside_ends_it_without_reasons() -> None:
    archive = FakeReads(None, record=record(body(ASKED.data, "x"), when=at(0), outcome="poison"))

    with pytest.raises(ClosingRefusedError) as fault:
        await followed(archive)

    assert fault.value.reasons == ()
