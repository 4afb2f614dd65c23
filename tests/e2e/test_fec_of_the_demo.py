"""The FEC of the closed exercises of the sample campaign passes the validation."""

import asyncio
from pathlib import Path

import orjson
import pytest

from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from services.accounting.exports.formats.base import ExportHeader
from services.accounting.exports.formats.fec import fec_format
from services.cli.demo.driver import InProcessDriver
from services.cli.demo.sample import CAF, campaign
from shared.fec_validator import Encoding, Separator, fec_name, validate
from shared.kernel.decision import State
from shared.kernel.memory.system import running
from shared.kernel.money import total
from shared.kernel.settings import Settings
from tests.support.services import ALL
from tests.unit.export.closed_books import accounts, entries_of

SIREN = "775672272"


async def _played() -> list[State]:
    async with running(ALL, Settings()) as system:
        stage = InProcessDriver(system)
        for batch in campaign():
            await stage.send(batch.messages)
            await stage.wait_until_idle()
        store = system.stores["accounting"]
        return [
            model.model_validate_json(orjson.dumps(document))
            for model in (Closing, Entry, Grant)
            for document in store.documents(model.collection)
        ]


@pytest.fixture(scope="module")
def states() -> list[State]:
    """What accounting keeps at the end of the campaign, played once in this process."""
    return asyncio.run(_played())


def head(states: list[State], exercise: int) -> ExportHeader:
    grants = [state for state in states if isinstance(state, Grant)]
    closings = [state for state in states if isinstance(state, Closing)]
    return ExportHeader(
        caf=CAF,
        exercise=exercise,
        number=1,
        closing=next(each for each in closings if each.exercise == exercise),
        gestionnaires={g.gestionnaire.siret: g.gestionnaire.name for g in grants},
        accounts=accounts(),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "iso8859-15"])
@pytest.mark.parametrize("separator", ["\t", "|"])
# 2025: 94 advances, 113 accruals, 113 commitments. 2026: 103 advances, 107 balances, 113
# reversals of commitments, 1 of an advance, 1 cancellation.
@pytest.mark.parametrize(("exercise", "count"), [(2025, 320), (2026, 325)])
def test_the_fec_of_the_campaign_is_accepted_without_a_warning(  # noqa: PLR0913, PLR0917
    tmp_path: Path,
    states: list[State],
    exercise: int,
    count: int,
    separator: Separator,
    encoding: Encoding,
) -> None:
    of, entries = head(states, exercise), entries_of(states, exercise)
    path = tmp_path / fec_name(SIREN, exercise)
    writer = fec_format(SIREN, separator, encoding)(path, of)
    for entry in entries:
        writer.add(entry)
    writer.close()

    report = validate(path)

    assert report.findings == ()
    assert (report.entries, report.lines) == (count, sum(len(e.posted.lines) for e in entries))
    assert of.closing is not None
    assert report.debit == report.credit == total(row.debit for row in of.closing.trial_balance)
