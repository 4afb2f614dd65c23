"""From records to the facts of one dossier."""

import pytest

from services.accounting.service import SERVICE as ACCOUNTING
from services.cli.dossier.timeline import TimelineEntry, timeline
from services.eligibility.service import SERVICE as ELIGIBILITY
from services.funding.service import SERVICE as FUNDING
from services.submission.service import SERVICE as SUBMISSION
from shared.contracts.accounting import DeliveryRegistered
from shared.contracts.common import MessageRefused, ShapeError
from shared.contracts.submission import DossierHeld
from shared.kernel.memory.system import MemorySystem, running
from shared.kernel.ports import MessageRecord
from shared.kernel.settings import Settings
from tests.support import life, samples
from tests.support.client import MemoryClient
from tests.support.stories import load, play
from tests.unit.cli.builders import OTHER, at, body, built, record, said

DOSSIER = samples.DOSSIER
SUBMITTED = body(samples.dossier(), "s1")
RECEIVED = said(samples.dossier_received(), "r1", "submission", "s1")


def names(facts: list[TimelineEntry]) -> list[str]:
    return [fact.name for fact in facts]


def kept(system: MemorySystem, dossier_id: str) -> dict[str, list[MessageRecord]]:
    return {
        service: [each for each in store.records.values() if dossier_id in each.dossier_ids]
        for service, store in system.stores.items()
    }


async def test_a_whole_life_is_told_once_and_each_fact_names_its_cause() -> None:
    services = [SUBMISSION, ELIGIBILITY, FUNDING, ACCOUNTING]
    async with running(services, Settings()) as system:
        await play(MemoryClient(system), load("01-full-life-at-the-ceiling", "761"), "761")
        await system.wait_until_idle()
        facts = timeline(DOSSIER, kept(system, DOSSIER))

    assert names(facts) == [
        *("DossierSubmitted", "DossierReceived", "EligibilityAssessed"),
        *("CommitteeDecided", "AgrementGranted", "FundingGranted"),
        *("ConventionSigned", "ConventionRegistered"),
        *("AdvanceOrdered", "AdvanceGranted", "AccountingEntryPosted"),
        *("ClosingContinued", "AccountingEntryPosted", "AccountingEntryPosted"),
        *("AdvanceOrdered", "AdvanceGranted", "AccountingEntryPosted"),
        *("ResultAccountFiled", "BalanceSettled", "AccountingEntryPosted"),
        *("ClosingContinued", "AccountingEntryPosted"),
    ]
    numbers = {fact.id: number for number, fact in enumerate(facts, 1)}
    causes = [numbers.get(fact.cause or "") for fact in facts]
    assert causes == [
        *(None, 1, 2, None, 4, 5, None, 7, None, 9, 10, None, 12, 12),
        *(None, 15, 16, None, 18, 19, None, 21),
    ]
    assert not any(fact.was_duplicate for fact in facts)


def test_what_two_services_handled_is_one_fact_at_its_first_hour() -> None:
    submission = record(SUBMITTED, RECEIVED, when=at(1))
    eligibility = record(RECEIVED.body, when=at(2))

    facts = timeline(DOSSIER, {"submission": [submission], "eligibility": [eligibility]})

    assert [(fact.name, fact.producer, fact.at) for fact in facts] == [
        ("DossierSubmitted", "ELAN", at(1)),
        ("DossierReceived", "submission", at(1)),
    ]


def test_an_effect_stands_after_its_cause_even_when_the_clocks_disagree() -> None:
    assessed = said(samples.agrement(), "g1", "eligibility", "r1")
    early = record(RECEIVED.body, assessed, when=at(1))
    late = record(SUBMITTED, RECEIVED, when=at(5))

    facts = timeline(DOSSIER, {"eligibility": [early], "submission": [late]})

    assert names(facts) == ["DossierSubmitted", "DossierReceived", "AgrementGranted"]


def test_facts_that_do_not_depend_on_each_other_stand_in_the_order_of_time() -> None:
    signed = record(body(samples.convention(), "c1"), when=at(3))
    ordered = record(body(samples.advance_order(), "o1"), when=at(2))

    facts = timeline(DOSSIER, {"funding": [signed, ordered]})

    assert names(facts) == ["AdvanceOrdered", "ConventionSigned"]


def test_causes_that_run_in_a_circle_are_told_all_the_same() -> None:
    one = record(body(samples.convention(), "a", cause="b"), when=at(1))
    two = record(body(samples.convention(), "b", cause="a"), when=at(2))

    facts = timeline(DOSSIER, {"funding": [one, two]})

    assert sorted(fact.id for fact in facts) == ["a", "b"]


def test_what_was_said_about_other_dossiers_is_left_out() -> None:
    mine = said(samples.advance_granted(), "m", "funding", "p")
    other = said(samples.advance_granted(dossier_id=OTHER), "n", "funding", "p")
    page = record(body(samples.closing_continued(), "p"), mine, other, when=at(1))

    facts = timeline(DOSSIER, {"accounting": [page]})

    assert [fact.id for fact in facts] == ["p", "m"]


@pytest.mark.parametrize("answered", [True, False])
def test_a_request_without_any_answer_was_old_news(answered: bool) -> None:
    again = record(SUBMITTED, *([RECEIVED] if answered else []), when=at(1))

    (first, *_) = timeline(DOSSIER, {"submission": [again]})

    assert first.was_duplicate is not answered


def test_only_the_service_that_answers_can_leave_a_request_unanswered() -> None:
    agrement = body(samples.agrement(), "g1", "/clas/eligibility", "d1")

    (fact,) = timeline(DOSSIER, {"submission": [record(agrement, when=at(1))]})

    assert not fact.was_duplicate


def test_what_a_service_says_is_never_old_news_even_where_the_next_one_has_nothing_to_add() -> None:
    granted = body(samples.advance_granted(), "g1", "/clas/funding", "o1")

    (fact,) = timeline(DOSSIER, {"accounting": [record(granted, when=at(1))]})

    assert not fact.was_duplicate


def test_a_message_that_breaks_the_contract_is_told_by_its_refusal_alone() -> None:
    refusal = MessageRefused(
        event_id="x",
        event_type="fr.caf.clas.DossierSubmitted.v1",
        caf="761",
        dossier_id=DOSSIER,
        queue="clas.submission",
        routing_key="DossierSubmitted.v1.761",
        sha256="0" * 64,
        errors=(ShapeError(path="data.caf", message="no"),),
    )
    letter = record(b"{}", said(refusal, "f1", "submission", "x"), when=at(1), outcome="refused")

    (fact,) = timeline(DOSSIER, {"submission": [letter]})

    assert (fact.id, fact.name, fact.data) == ("f1", "MessageRefused", refusal)


def test_a_message_that_nobody_can_read_any_more_is_named_without_its_content() -> None:
    old = record(b'{"specversion": "0.3"}', when=at(1))

    (fact,) = timeline(DOSSIER, {"submission": [old]})

    assert (fact.name, fact.data) == ("DossierSubmitted", None)


def test_a_message_that_failed_before_it_was_handled_is_not_called_old_news() -> None:
    poisoned = record(SUBMITTED, when=at(1), outcome="poison")

    (fact,) = timeline(DOSSIER, {"submission": [poisoned]})

    assert not fact.was_duplicate


def test_a_held_dossier_goes_on_with_the_report_that_came() -> None:
    held = DossierHeld(caf="761", dossier_id=DOSSIER, revision=1, waits_for="le bilan")
    waiting = record(SUBMITTED, said(held, "h1", "submission", "s1"), when=at(1))
    received = said(samples.dossier_received(), "r1", "submission", "b1")
    report = record(body(samples.interim_report(), "b1"), received, when=at(2))

    facts = timeline(DOSSIER, {"submission": [waiting, report]})

    assert [(fact.name, fact.cause) for fact in facts] == [
        ("DossierSubmitted", None),
        ("DossierHeld", "s1"),
        ("InterimReportReceived", None),
        ("DossierReceived", "b1"),
    ]


def test_what_an_accounting_system_says_of_an_entry_belongs_to_the_entrys_dossier() -> None:
    words = {"entry_id": life.ENTRY, "system": life.SYSTEM, "status": "acknowledged"}
    registered = built(
        DeliveryRegistered,
        **words,
        caf="761",
        dossier_id=DOSSIER,
        exercise=2025,
        told_on=at(0).date(),
    )
    acknowledged = body(life.entry_acknowledged(), "k1", "/accounting/compta-761")
    heard = record(acknowledged, said(registered, "k2", "accounting", "k1"), when=at(1))

    facts = timeline(DOSSIER, {"accounting": [heard]})

    assert [(fact.name, fact.producer, fact.cause, fact.was_duplicate) for fact in facts] == [
        ("EntryAcknowledged", "accounting system", None, False),
        ("DeliveryRegistered", "accounting", "k1", False),
    ]
