"""What commands read works on the in-process system too, through the same queries."""

import asyncio
from datetime import date

import pytest

from services.accounting import queries as accounting
from services.funding import queries as funding
from services.submission import queries as submission
from services.submission.service import SERVICE as SUBMISSION
from shared.kernel.memory.reads import MemoryReads
from shared.kernel.memory.system import running
from shared.kernel.read_port import Reads, Sample
from shared.kernel.settings import Settings
from shared.kernel.timeline import timeline
from tests.support import samples
from tests.support.client import MemoryClient, event, send
from tests.support.services import ALL
from tests.unit.report.published import CAF, interleaved_requests

ReadsByService = dict[str, Reads]


@pytest.fixture(scope="module")
def reads() -> ReadsByService:
    """Play three lives, up to two closings, and read the four stores."""
    return asyncio.run(_played())


async def _played() -> ReadsByService:
    async with running(ALL, Settings()) as system:
        client = MemoryClient(system)
        for request in interleaved_requests():
            await send(client, event(request["event"], request["data"]))
            await system.wait_until_idle()
        return {name: MemoryReads(store) for name, store in system.stores.items()}


async def test_the_ledger_balances_and_its_chain_holds(reads: ReadsByService) -> None:
    ledger = await accounting.ledger(reads["accounting"], CAF, 2025)

    assert ledger.status.closed
    assert ledger.status.closing
    assert ledger.status.books
    assert ledger.listed
    assert ledger.exercise.debit == ledger.exercise.credit > 0
    assert ledger.exercise.broken_at is None
    assert ledger.exercise.head_hash == ledger.status.closing.head_hash
    assert ledger.exercise.totals == ledger.status.closing.totals
    assert ledger.exercise.trial_balance == ledger.status.closing.trial_balance


async def test_a_ledger_lists_the_first_entries_of_a_dossier_and_adds_up_all(
    reads: ReadsByService,
) -> None:
    whole = await accounting.ledger(reads["accounting"], CAF, 2025)
    dossier_id = whole.listed[-1].posted.dossier_id
    of_dossier = [entry for entry in whole.listed if entry.posted.dossier_id == dossier_id]

    part = await accounting.ledger(reads["accounting"], CAF, 2025, dossier_id, 1)

    assert part.listed == of_dossier[:1]
    assert part.count == len(of_dossier) < whole.count
    assert part.exercise == whole.exercise


async def test_entries_come_in_pages_in_the_order_of_the_ledger(reads: ReadsByService) -> None:
    ledger = await accounting.ledger(reads["accounting"], CAF, 2025)
    pages = accounting.entry_pages(reads["accounting"], CAF, 2025)

    assert [document.key async for page in pages for document in page] == [
        entry.entry_id for entry in ledger.listed
    ]
    count = await accounting.count_entries(reads["accounting"], CAF, 2025)
    assert count == len(ledger.listed)


async def test_rights_stand_for_each_dossier_that_has_a_timeline(reads: ReadsByService) -> None:
    rights = await funding.rights(reads["funding"], CAF)

    assert rights.by_key
    for dossier_id, _ in rights.by_key:
        records = {name: await port.records_of_dossier(dossier_id) for name, port in reads.items()}
        assert timeline(dossier_id, records)


async def test_nothing_stands_before_a_closing_where_all_is_settled(reads: ReadsByService) -> None:
    grants = await accounting.grants_before_closing(reads["accounting"], CAF, 2026, 10)
    deferred = await funding.deferred_grants(reads["funding"], CAF, 2026, "bareme", 10)

    assert grants.ended == 3
    assert grants.unsettled == Sample()
    assert deferred == Sample()


async def test_a_campaign_is_read_by_its_year(reads: ReadsByService) -> None:
    assert await submission.campaign(reads["submission"], CAF, "2025-2026")
    assert await submission.campaign(reads["submission"], CAF, "2031-2032") is None


async def test_the_earliest_interim_report_on_a_year_counts() -> None:
    async with running((SUBMISSION,), Settings()) as system:
        client = MemoryClient(system)
        for report in (
            samples.interim_report(school_year="2025-2026", received_on="2026-08-02"),
            samples.interim_report(school_year="2025-2026", received_on="2026-07-30"),
            samples.interim_report(received_on="2025-07-01"),
        ):
            await send(client, event("InterimReportReceived", report.model_dump(mode="json")))
            await system.wait_until_idle()
        port = MemoryReads(system.stores["submission"])

    assert await submission.interim_reports(port, CAF, "2025-2026") == {
        samples.SIRET: date(2026, 7, 30)
    }
    assert await submission.interim_reports(port, CAF, "2023-2024") == {}


async def test_the_entries_of_an_exercise_are_read_without_the_others(
    reads: ReadsByService,
) -> None:
    ledger = await accounting.ledger(reads["accounting"], CAF, 2025)
    posted = await accounting.posted_entries(reads["accounting"], CAF, 2025)

    assert posted == tuple(entry.posted for entry in ledger.listed)
