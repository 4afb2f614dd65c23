"""A withdrawal or an import meets another event on a second replica: neither misses the other.

Each pair is tried both ways round, on both stores.
"""

from typing import Any

import pytest

from shared.contracts.submission import WithdrawalForwarded
from tests.support import life, samples
from tests.support.client import Event
from tests.support.races import events_named, feed, race, sent
from tests.support.services import ELIGIBILITY, SUBMISSION

TURNS = (0, 1)
WITHDRAWAL = WithdrawalForwarded(caf=samples.CAF, dossier_id=samples.DOSSIER, content="ab")


def rules(events: list[Event], name: str) -> list[str]:
    """Return the rules that the only event of this name gives as reasons."""
    (event,) = events_named(events, name)
    return [reason["rule"] for reason in event["data"]["reasons"]]


@pytest.mark.parametrize("turn", TURNS)
async def test_a_withdrawal_and_the_committee(stores: Any, turn: int) -> None:
    store = await stores(ELIGIBILITY)
    await feed(ELIGIBILITY, store, sent(samples.dossier_received()))
    withdrawal, decision = sent(WITHDRAWAL), sent(samples.committee_decision())

    pair = (withdrawal, decision) if turn else (decision, withdrawal)
    events = await race(ELIGIBILITY, store, *pair)

    if events_named(events, "AgrementGranted"):
        assert rules(events, "WithdrawalJudged") == ["RET-03"]
    else:
        assert rules(events, "WithdrawalJudged") == []
        assert rules(events, "CommitteeDecisionRejected") == ["RET-04"]


@pytest.mark.parametrize("turn", TURNS)
async def test_a_withdrawal_and_the_dossier_that_it_is_about(stores: Any, turn: int) -> None:
    store = await stores(ELIGIBILITY)
    withdrawal, dossier = sent(WITHDRAWAL), sent(samples.dossier_received())

    pair = (withdrawal, dossier) if turn else (dossier, withdrawal)
    events = await race(ELIGIBILITY, store, *pair)

    assert rules(events, "WithdrawalJudged") == []
    assert len(events_named(events, "EligibilityAssessed")) == 1
    after = await feed(ELIGIBILITY, store, sent(samples.committee_decision()))
    assert rules(after, "CommitteeDecisionRejected") == ["RET-04"]


@pytest.mark.parametrize("turn", TURNS)
async def test_an_import_and_the_committee_grant_one_agrement(stores: Any, turn: int) -> None:
    store = await stores(ELIGIBILITY)
    await feed(ELIGIBILITY, store, sent(samples.dossier_received()))
    imported, decision = sent(life.agrement_imported()), sent(samples.committee_decision())

    pair = (imported, decision) if turn else (decision, imported)
    events = await race(ELIGIBILITY, store, *pair)

    assert rules(events, "RequestRefused") == ["COM-10"]
    assert len(events_named(events, "AgrementGranted")) == 1


@pytest.mark.parametrize("turn", TURNS)
async def test_an_import_and_the_dossier_leave_one_agrement(stores: Any, turn: int) -> None:
    store = await stores(ELIGIBILITY)
    imported, dossier = sent(life.agrement_imported()), sent(samples.dossier_received())

    pair = (imported, dossier) if turn else (dossier, imported)
    events = await race(ELIGIBILITY, store, *pair)
    events += await feed(ELIGIBILITY, store, sent(samples.committee_decision()))

    assert (
        len(events_named(events, "AgrementRegistered") + events_named(events, "AgrementGranted"))
        == 1
    )


@pytest.mark.parametrize("turn", TURNS)
async def test_two_amendments_build_on_each_other(stores: Any, turn: int) -> None:
    store = await stores(ELIGIBILITY)
    await feed(ELIGIBILITY, store, sent(life.agrement_imported()))
    first = sent(life.amendment_decided(amendment_id="A1", from_school_year="2026-2027"))
    second = sent(life.amendment_decided(amendment_id="A2", from_school_year="2025-2026"))

    pair = (first, second) if turn else (second, first)
    events = await race(ELIGIBILITY, store, *pair)

    # The held one comes second: 2026-2027 is already withdrawn for it, 2025-2026 is not.
    if turn:
        assert rules(events, "AmendmentRejected") == ["AGR-01"]
    ends = {e["data"]["multi_year_until"] for e in events_named(events, "AgrementAmended")}
    assert "2024-2025" in ends


@pytest.mark.parametrize("turn", TURNS)
async def test_a_withdrawal_and_the_report_that_frees_the_dossier(stores: Any, turn: int) -> None:
    store = await stores(SUBMISSION)
    held = sent(samples.dossier(previous_clas=True))
    await feed(SUBMISSION, store, sent(samples.campaign()), held)
    withdrawal, report = sent(life.withdrawal_requested()), sent(samples.interim_report())

    pair = (withdrawal, report) if turn else (report, withdrawal)
    events = await race(SUBMISSION, store, *pair)

    received, withdrawn = (
        events_named(events, "DossierReceived"),
        events_named(events, "DossierWithdrawn"),
    )
    assert len(events_named(events, "WithdrawalForwarded")) == len(received)
    assert len(received) + len(withdrawn) == 1
