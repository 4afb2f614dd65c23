"""What services, exports and checks ask of the databases."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.accounting.domain.books import Books
from services.accounting.domain.closing import Closing
from services.accounting.domain.closing_process import entries_page, grants_page
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from services.accounting.service import SERVICE
from services.cli.check.command import SCANNERS
from services.funding.domain.baremes import _waiting
from services.funding.domain.forecasts import _page as forecasts_page
from services.submission.domain.campaigns import _page
from services.submission.service import SERVICE as SUBMISSION
from shared.audit.run import Audit, open_audit
from shared.audit.scanner import Scope
from shared.contracts.forecasts import ForecastReleaseContinued
from shared.contracts.funding import BaremeReleaseContinued
from shared.contracts.submission import CampaignReleaseContinued
from shared.kernel.decision import Query, StoredState
from shared.kernel.gauges import refresh_metrics
from shared.mongodb.export_register import ExportRegister
from shared.mongodb.store import MongoStore
from shared.mongodb.transaction import MongoTransaction
from tests.integration.plans.opened import CAF, DOSSIER, EXERCISE, SCHOOL_YEAR, Opened, StoredQuery

SERIES = "csv-761-2025"
FEW = (Books.collection, Closing.collection)
"""One document for each Caf, and one for each of its exercises."""
GRACE, LEASE = timedelta(minutes=1), timedelta(seconds=30)


async def _write(at: Opened) -> None:
    """Write a state, two newer versions of it, and entries that its books must allow."""
    for before, worker, shared in ((0, "w1", True), (1, "w1", True), (2, "w2", False)):
        entry_id = str(uuid.uuid4())
        entry = at.entries[0].with_changes(entry_id=entry_id, exercise=2039, sequence=None)
        states = (
            StoredState.of(Books(caf="999"), before + 1, replaces=before),
            StoredState.of(entry, 1),
        )
        key = at.records[0].key._replace(id=entry_id)
        record = replace(at.records[0], key=key, dossier_ids=())
        async with at.store.transaction() as transaction:
            await transaction.write(states, [record], worker, read_shared=shared)


async def _already_handled(at: Opened) -> None:
    async with at.store.transaction() as transaction:
        await transaction.already_handled([record.key for record in at.records[:20]])
        await transaction.record(at.records[0].key)


async def _find(at: Opened) -> None:
    async with at.store.transaction() as transaction:
        await transaction.find(Grant, [f"{DOSSIER}|{SCHOOL_YEAR}", "absent"])


async def _pages(at: Opened) -> None:
    release = BaremeReleaseContinued(start_year=EXERCISE, after="2025-11-20 D-1")
    forecasts = ForecastReleaseContinued(start_year=EXERCISE, after=DOSSIER)
    async with at.store.transaction() as transaction:
        await transaction.page(grants_page(at.closing))
        await transaction.page(_next_entries(at))
    async with at.funding_store.transaction() as transaction:
        await transaction.page(_waiting(release))
        await transaction.page(forecasts_page(forecasts))
    opening = CampaignReleaseContinued(caf=CAF, school_year=SCHOOL_YEAR, after=DOSSIER)
    async with at.submission_store.transaction() as transaction:
        await transaction.page(_page(opening))


def _next_entries(at: Opened) -> Query[Entry]:
    """Return the query of a page in the middle of the entries."""
    last = at.entries[len(at.entries) // 2]
    after = f"{last.place}|{last.entry_id}"
    return entries_page(at.closing.with_changes(step="entries", after=after))


async def _relay(at: Opened) -> None:
    """Lease where nothing is due, then where all are; mark some of what was leased."""
    token = uuid.uuid4().hex
    for grace in (GRACE, timedelta(0)):
        leased = await at.store.lease_unpublished(most=50, grace=grace, lease=LEASE, token=token)
        await at.store.mark_published(leased[:5], token=token)
    partly = {batch.records[0].key for batch in leased}
    await at.store.mark_published(leased[5:], partly)


async def _attempts(at: Opened) -> None:
    """Count an attempt for the first time and again, then forget it."""
    for _ in range(2):
        await at.store.count_attempt("sha256:1")
    await at.store.forget_attempts(["sha256:1", "absent"])


async def _export(at: Opened, path: Path) -> None:
    """Take over a draft, write a batch, discard another, read what stands."""
    for number in (1, 2, 3):
        async with at.register.draft(SERIES, number, take_over=True) as draft:
            exported = await draft.entry_keys("00", "99")
            await draft.add_keys([f"{number}0", f"{number}9"])
            path.write_bytes(b"file")
            if number < 3:
                batch = await draft.publish(path, fingerprint=f"{exported}", manifest=b"{}")
    await at.register.write_to(batch, path)
    await at.register.batches_of(SERIES)
    await at.register.last_number(SERIES)


async def _audit(at: Opened, scope: Scope) -> None:
    async with open_audit(at.settings, scope, SCANNERS) as audit:
        await audit.count()
        await audit.run(datetime.now(UTC), {}, lambda _: None)


OF_SERVICES = (
    StoredQuery(MongoTransaction.write, _write),
    StoredQuery(MongoTransaction.already_handled, _already_handled),
    StoredQuery(MongoTransaction.record, _already_handled),
    StoredQuery(MongoTransaction.find, _find),
    StoredQuery(MongoTransaction.page, _pages),
    StoredQuery(MongoStore.page, lambda at: at.store.page(grants_page(at.closing))),
    StoredQuery(MongoStore.page, lambda at: at.store.page(_next_entries(at))),
    StoredQuery(MongoStore.count, lambda at: at.store.count(grants_page(at.closing))),
    StoredQuery(MongoStore.count, lambda at: at.store.count(_next_entries(at))),
    StoredQuery(MongoStore.count_unpublished, lambda at: at.store.count_unpublished()),
    StoredQuery(MongoStore.oldest_unpublished, lambda at: at.store.oldest_unpublished()),
    StoredQuery(MongoStore.lease_unpublished, _relay),
    StoredQuery(MongoStore.mark_published, _relay),
    StoredQuery(MongoStore.count_attempt, _attempts),
    StoredQuery(MongoStore.forget_attempts, _attempts),
    StoredQuery(refresh_metrics, lambda at: refresh_metrics(SERVICE, at.store)),
    StoredQuery(refresh_metrics, lambda at: refresh_metrics(SUBMISSION, at.submission_store)),
)
OF_EXPORTS = (
    StoredQuery(ExportRegister.draft, lambda at: _export(at, at.folder / "file")),
    # `clas export list` reads the whole register.
    StoredQuery(ExportRegister.all, lambda at: at.register.all(), all_years=True),
)
OF_CHECKS = (
    # `clas check` reads everything by design, in the order of an index.
    StoredQuery(Audit.run, lambda at: _audit(at, Scope()), all_years=True),
    StoredQuery(Audit.run, lambda at: _audit(at, Scope(caf=CAF)), all_years=True, whole=FEW),
    StoredQuery(
        Audit.run,
        lambda at: _audit(at, Scope(exercise=EXERCISE)),
        all_years=True,
        whole=(*FEW, Entry.collection),
    ),
)
