"""What commands read works on the in-process system too, through the same queries."""

import asyncio

import pytest

from services.accounting import queries as accounting
from services.accounting.exercise import broken_link, trial_balance
from services.eligibility import queries as eligibility
from services.funding import queries as funding
from services.funding.reports.pending_dossiers import CHANGES
from services.submission import queries as submission
from shared.contracts.submission import DossierWithdrawn
from shared.kernel.memory.reads import MemoryReads
from shared.kernel.memory.system import running
from shared.kernel.money import total
from shared.kernel.read_port import Reads, Sample
from shared.kernel.settings import Settings
from shared.kernel.timeline import timeline
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

    assert ledger.closed
    assert ledger.books
    assert ledger.entries
    assert total(row.balance for row in trial_balance(ledger.entries)) == 0
    assert broken_link(ledger.entries, CAF, 2025) is None


async def test_entries_come_in_pages_in_the_order_of_the_ledger(reads: ReadsByService) -> None:
    ledger = await accounting.ledger(reads["accounting"], CAF, 2025)
    pages = accounting.entry_pages(reads["accounting"], CAF, 2025)

    assert [document.id async for page in pages for document in page] == [
        entry.entry_id for entry in ledger.entries
    ]
    count = await accounting.count_entries(reads["accounting"], CAF, 2025)
    assert count == len(ledger.entries)


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


async def test_a_campaign_and_the_events_of_its_dossiers_are_read(reads: ReadsByService) -> None:
    assert await submission.campaign(reads["submission"], CAF, "2025-2026")
    assert await submission.campaign(reads["submission"], CAF, "2031-2032") is None
    assert await submission.events_of_pending_dossiers(reads["submission"], CAF)
    assert await eligibility.events_of_pending_dossiers(reads["eligibility"], CAF)


def test_pending_dossiers_are_folded_from_all_events_that_are_read() -> None:
    read = {*submission.OF_PENDING_DOSSIERS, *eligibility.OF_PENDING_DOSSIERS}

    assert read == {*CHANGES, DossierWithdrawn}
