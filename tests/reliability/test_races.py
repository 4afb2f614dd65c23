"""One replica has read and not yet written when another goes all its way: nothing is missed.

The barrier holds the first replica between its reads and its writes, until the second one has
committed its event and every page that follows from it. Each pair is tried both ways round.
"""

from decimal import Decimal
from typing import Any

import pytest

from services.accounting.domain.acknowledgements import EntryAcknowledgement
from services.accounting.domain.grants import Grant
from shared.contracts.base import WireModel
from shared.kernel.ports import Store
from tests.support import life, samples
from tests.support.races import events_named, feed, race, sent
from tests.support.services import ACCOUNTING, FUNDING, SUBMISSION

TURNS = (0, 1)


@pytest.mark.parametrize("turn", TURNS)
async def test_a_report_and_the_dossier_that_waits_for_it(stores: Any, turn: int) -> None:
    store = await stores(SUBMISSION)
    await feed(SUBMISSION, store, sent(samples.campaign()))
    dossier = sent(samples.dossier(previous_clas=True))
    report = sent(samples.interim_report())

    pair = (dossier, report) if turn % 2 else (report, dossier)
    events = await race(SUBMISSION, store, *pair)

    assert len(events_named(events, "DossierReceived")) == 1
    assert len(events_named(events, "InterimReportRegistered")) == 1


@pytest.mark.parametrize("turn", TURNS)
async def test_a_campaign_and_the_dossier_held_for_it(stores: Any, turn: int) -> None:
    store = await stores(SUBMISSION)
    dossier, campaign = sent(samples.dossier()), sent(samples.campaign())

    pair = (dossier, campaign) if turn % 2 else (campaign, dossier)
    events = await race(SUBMISSION, store, *pair)

    assert len(events_named(events, "DossierReceived")) == 1
    assert len(events_named(events, "CampaignRegistered")) == 1


@pytest.mark.parametrize("turn", TURNS)
async def test_an_agrement_and_a_dossier_that_it_covers(stores: Any, turn: int) -> None:
    """The deposit that has read no agrement yet does not commit after one that covers it."""
    store = await stores(SUBMISSION)
    await feed(SUBMISSION, store, sent(samples.campaign()))
    covering = {"school_year": "2024-2025", "multi_year_until": "2025-2026"}
    dossier = sent(samples.dossier())
    agrement = sent(samples.agrement(dossier_id="D-OLD", **covering))

    pair = (dossier, agrement) if turn % 2 else (agrement, dossier)
    events = await race(SUBMISSION, store, *pair)

    answer = "DossierRejected" if turn % 2 else "DossierReceived"
    assert len(events_named(events, answer)) == 1
    assert len(events) == 1


@pytest.mark.parametrize("turn", TURNS)
async def test_a_bareme_and_a_grant_that_waits_for_it(stores: Any, turn: int) -> None:
    store = await stores(FUNDING)
    agrement = sent(samples.agrement(school_year="2026-2027", multi_year_until="2026-2027"))
    bareme = sent(samples.bareme(start_year=2026))

    pair = (agrement, bareme) if turn % 2 else (bareme, agrement)
    events = await race(FUNDING, store, *pair)

    assert len(events_named(events, "FundingGranted")) == 1
    assert len(events_named(events, "BaremeRegistered")) == 1


@pytest.mark.parametrize("turn", TURNS)
async def test_two_grants_and_an_envelope_that_fits_one(stores: Any, turn: int) -> None:
    store = await stores(FUNDING)
    await feed(FUNDING, store, sent(life.envelope_allotted(amount="1103.30")))
    pair = [sent(samples.agrement(dossier_id=name)) for name in ("D-1", "D-2")]

    events = await race(FUNDING, store, *(pair if turn % 2 else reversed(pair)))

    assert len(events_named(events, "FundingGranted")) == 1
    assert len(events_named(events, "FundingDeferred")) == 1


@pytest.mark.parametrize("turn", TURNS)
async def test_a_raise_and_a_grant_that_finds_too_little(stores: Any, turn: int) -> None:
    store = await stores(FUNDING)
    await feed(FUNDING, store, sent(life.envelope_allotted(amount="0.00")))
    agrement = sent(samples.agrement())
    later = {"time": "2026-01-02T00:00:00Z"}
    raised = sent(life.envelope_allotted(amount="1103.30"), **later)

    pair = (agrement, raised) if turn % 2 else (raised, agrement)
    events = await race(FUNDING, store, *pair)

    assert len(events_named(events, "FundingGranted")) == 1
    assert len(events_named(events, "EnvelopeRegistered")) == 1


@pytest.mark.parametrize("turn", TURNS)
async def test_a_bareme_lets_a_grant_arrive_at_an_envelope_that_another_takes(
    stores: Any, turn: int
) -> None:
    """2 288.95 of 2026: part N+1 and bonuses of D-2, or part N of D-1, whose year has no bareme."""
    store = await stores(FUNDING)
    waits = samples.agrement(dossier_id="D-1", school_year="2026-2027")
    allotted = life.envelope_allotted(exercise=2026, amount="2288.95")
    await feed(FUNDING, store, sent(allotted), sent(waits))
    bareme, arrives = sent(samples.bareme()), sent(samples.agrement(dossier_id="D-2"))

    events = await race(FUNDING, store, *((bareme, arrives) if turn % 2 else (arrives, bareme)))

    assert len(events_named(events, "FundingGranted")) == 1
    assert len(events_named(events, "FundingDeferred")) == 1


@pytest.mark.parametrize("turn", TURNS)
async def test_a_closing_and_a_new_grant(stores: Any, turn: int) -> None:
    store = await stores(ACCOUNTING)
    await feed(ACCOUNTING, store, sent(_granted("D-1")))
    grant, closing = sent(_granted("D-2")), sent(samples.exercise_closed())

    pair = (grant, closing) if turn % 2 else (closing, grant)
    events = await race(ACCOUNTING, store, *pair)

    accrued = [e["data"]["dossier_id"] for e in events_named(events, "AccountingEntryPosted")]
    (completed,) = events_named(events, "ClosingCompleted")
    late = [g for g in await _grants(store) if g["year_end"] == "missed"]
    assert sorted(set(accrued)) == (["D-1"] if late else ["D-1", "D-2"])
    assert completed["data"]["last_sequence"] == len(accrued)


@pytest.mark.parametrize("turn", TURNS)
async def test_a_closing_and_an_advance(stores: Any, turn: int) -> None:
    store = await stores(ACCOUNTING)
    await feed(ACCOUNTING, store, sent(_granted("D-1")))
    advance = sent(samples.advance_granted(dossier_id="D-1", amount="100.00"))
    closing = sent(samples.exercise_closed())

    pair = (advance, closing) if turn % 2 else (closing, advance)
    events = await race(ACCOUNTING, store, *pair)

    entries = [e["data"] for e in events_named(events, "AccountingEntryPosted")]
    (completed,) = events_named(events, "ClosingCompleted")
    (paid,) = [e for e in entries if e["kind"] == "advance"]
    (accrual,) = [e for e in entries if e["kind"] == "accrual"]
    booked = {"2025": "1003.30", "2026": "1103.30"}[str(paid["exercise"])]
    assert accrual["lines"][0]["debit"] == booked
    assert completed["data"]["last_sequence"] == sum(e["exercise"] == 2025 for e in entries)
    debits = sum(Decimal(row["debit"]) for row in completed["data"]["trial_balance"])
    assert debits == sum(
        Decimal(line["debit"]) for e in entries if e["exercise"] == 2025 for line in e["lines"]
    )


@pytest.mark.parametrize("turn", TURNS)
async def test_two_words_of_one_accounting_system_on_one_entry(stores: Any, turn: int) -> None:
    store = await stores(ACCOUNTING)
    events = await feed(ACCOUNTING, store, sent(samples.advance_granted()))
    (posted,) = events_named(events, "AccountingEntryPosted")
    entry = posted["data"]["entry_id"]
    booked = sent(life.entry_acknowledged(entry_id=entry), time="2025-11-21T08:00:00Z")
    undone = sent(life.entry_rejected(entry_id=entry), time="2025-11-21T09:00:00Z")

    pair = (booked, undone) if turn % 2 else (undone, booked)
    events = await race(ACCOUNTING, store, *pair)

    async with store.transaction() as transaction:
        (acknowledgement,) = await transaction.find(
            EntryAcknowledgement, [f"{entry}|{life.SYSTEM}"]
        )
    assert acknowledgement.document["word"]["status"] == "rejected"
    last = events_named(events, "DeliveryRegistered")[-1]
    assert (len(events), last["data"]["status"]) == (2, "rejected")


def _granted(dossier: str) -> WireModel:
    return samples.funding_granted(dossier_id=dossier)


async def _grants(store: Store) -> list[dict[str, Any]]:
    async with store.transaction() as transaction:
        grants = await transaction.find(Grant, ["D-1|2025-2026", "D-2|2025-2026"])
    return [each.document for each in grants]
