"""From records to the timeline of one dossier."""

from dataclasses import replace

import pytest

from services.accounting.service import SERVICE as ACCOUNTING
from services.eligibility.service import SERVICE as ELIGIBILITY
from services.funding.service import SERVICE as FUNDING
from services.submission.service import SERVICE as SUBMISSION
from shared.contracts.accounting import DeliveryRegistered
from shared.contracts.common import MessageRefused, ShapeError
from shared.contracts.submission import DossierHeld
from shared.kernel.memory.system import MemorySystem, running
from shared.kernel.messages import DEVELOPMENT, InboxKey, MessageRecord, OutgoingMessage
from shared.kernel.settings import Settings
from shared.kernel.timeline import TimelineEntry, timeline
from tests.support import life, samples
from tests.support.client import MemoryClient
from tests.support.stories import load, play
from tests.unit.cli.builders import OTHER, at, body, built, output, record

DOSSIER = samples.DOSSIER
SUBMITTED = body(samples.dossier(), "s1")
RECEIVED = output(samples.dossier_received(), "r1", "submission", "s1")


def names(entries: list[TimelineEntry]) -> list[str]:
    return [entry.name for entry in entries]


def records_of(system: MemorySystem, dossier_id: str) -> dict[str, list[MessageRecord]]:
    return {
        service: [record for record in store.records.values() if dossier_id in record.dossier_ids]
        for service, store in system.stores.items()
    }


async def test_a_whole_life_has_each_event_once_with_its_cause() -> None:
    services = [SUBMISSION, ELIGIBILITY, FUNDING, ACCOUNTING]
    async with running(services, Settings()) as system:
        await play(MemoryClient(system), load("01-full-life-at-the-ceiling", "761"), "761")
        await system.wait_until_idle()
        entries = timeline(DOSSIER, records_of(system, DOSSIER))

    assert names(entries) == [
        *("DossierSubmitted", "DossierReceived", "EligibilityAssessed", "FundingForecast"),
        *("CommitteeDecided", "AgrementGranted", "FundingGranted"),
        *("ConventionSigned", "ConventionRegistered"),
        *("AdvanceOrdered", "AdvanceGranted", "AccountingEntryPosted"),
        *("ClosingContinued", "AccountingEntryPosted", "AccountingEntryPosted"),
        *("AdvanceOrdered", "AdvanceGranted", "AccountingEntryPosted"),
        *("ResultAccountFiled", "BalanceSettled", "AccountingEntryPosted"),
        *("ClosingContinued", "AccountingEntryPosted"),
    ]
    numbers = {entry.id: number for number, entry in enumerate(entries, 1)}
    causes = [numbers.get(entry.cause or "") for entry in entries]
    assert causes == [
        *(None, 1, 2, 3, None, 5, 6, None, 8, None, 10, 11, None, 13, 13),
        *(None, 16, 17, None, 19, 20, None, 22),
    ]
    assert not any(entry.was_duplicate for entry in entries)


def test_a_message_handled_by_two_services_is_one_entry_at_the_earliest_time() -> None:
    submission = record(SUBMITTED, RECEIVED, when=at(1))
    eligibility = record(RECEIVED.body, when=at(2))

    entries = timeline(DOSSIER, {"submission": [submission], "eligibility": [eligibility]})

    assert [(entry.name, entry.producer, entry.at) for entry in entries] == [
        ("DossierSubmitted", "ELAN", at(1)),
        ("DossierReceived", "submission", at(1)),
    ]


def test_an_effect_stands_after_its_cause_even_when_the_clocks_disagree() -> None:
    assessed = output(samples.agrement(), "g1", "eligibility", "r1")
    early = record(RECEIVED.body, assessed, when=at(1))
    late = record(SUBMITTED, RECEIVED, when=at(5))

    entries = timeline(DOSSIER, {"eligibility": [early], "submission": [late]})

    assert names(entries) == ["DossierSubmitted", "DossierReceived", "AgrementGranted"]


def test_independent_entries_are_in_the_order_of_time() -> None:
    signed = record(body(samples.convention(), "c1"), when=at(3))
    ordered = record(body(samples.advance_order(), "o1"), when=at(2))

    entries = timeline(DOSSIER, {"funding": [signed, ordered]})

    assert names(entries) == ["AdvanceOrdered", "ConventionSigned"]


def test_a_cycle_of_causes_is_listed_all_the_same() -> None:
    one = record(body(samples.convention(), "a", cause="b"), when=at(1))
    two = record(body(samples.convention(), "b", cause="a"), when=at(2))

    entries = timeline(DOSSIER, {"funding": [one, two]})

    assert sorted(entry.id for entry in entries) == ["a", "b"]


def test_outputs_about_other_dossiers_are_left_out() -> None:
    mine = output(samples.advance_granted(), "m", "funding", "p")
    other = output(samples.advance_granted(dossier_id=OTHER), "n", "funding", "p")
    page = record(body(samples.closing_continued(), "p"), mine, other, when=at(1))

    entries = timeline(DOSSIER, {"accounting": [page]})

    assert [entry.id for entry in entries] == ["p", "m"]


@pytest.mark.parametrize("answered", [True, False])
def test_a_request_without_any_answer_is_a_duplicate(answered: bool) -> None:
    again = record(SUBMITTED, *([RECEIVED] if answered else []), when=at(1))

    (first, *_) = timeline(DOSSIER, {"submission": [again]})

    assert first.was_duplicate is not answered


def test_only_the_service_that_answers_can_leave_a_request_unanswered() -> None:
    agrement = body(samples.agrement(), "g1", "/clas/eligibility", "d1")

    (entry,) = timeline(DOSSIER, {"submission": [record(agrement, when=at(1))]})

    assert not entry.was_duplicate


def test_an_event_of_a_service_is_never_a_duplicate_even_without_an_answer() -> None:
    granted = body(samples.advance_granted(), "g1", "/clas/funding", "o1")

    (entry,) = timeline(DOSSIER, {"accounting": [record(granted, when=at(1))]})

    assert not entry.was_duplicate


def test_an_invalid_message_is_listed_by_its_refusal_alone() -> None:
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
    refused = record(b"{}", output(refusal, "f1", "submission", "x"), when=at(1), outcome="refused")

    (entry,) = timeline(DOSSIER, {"submission": [refused]})

    assert (entry.id, entry.name, entry.data) == ("f1", "MessageRefused", refusal)


def test_a_message_that_nobody_can_read_any_more_is_named_without_its_content() -> None:
    old = record(b'{"specversion": "0.3"}', when=at(1))

    (entry,) = timeline(DOSSIER, {"submission": [old]})

    assert (entry.name, entry.data) == ("DossierSubmitted", None)


def test_what_nobody_can_read_keeps_its_id_its_producer_and_its_time() -> None:
    old = replace(
        record(b'{"specversion": "0.3"}', when=at(1)), key=InboxKey(DEVELOPMENT, "/elan", "s1")
    )
    answer = OutgoingMessage("r1", "DossierReceived.v1.761", b"{}", subject=DOSSIER)
    about_another = OutgoingMessage("r2", "DossierReceived.v1.761", b"{}", subject=OTHER)

    entries = timeline(DOSSIER, {"submission": [replace(old, outputs=(answer,))]})
    nameless = timeline(DOSSIER, {"submission": [record(b"{", when=at(2))]})
    foreign = record(
        body(samples.dossier(dossier_id=OTHER), "s2"), answer, about_another, when=at(3)
    )

    assert [(each.id, each.name, each.producer, each.at) for each in entries] == [
        ("s1", "DossierSubmitted", "/elan", at(1)),
        ("r1", "DossierReceived", "submission", at(1)),
    ]
    assert [each.producer for each in nameless] == ["?"]
    assert [each.id for each in timeline(DOSSIER, {"submission": [foreign]})] == ["s2", "r1"]


@pytest.mark.parametrize(("outcome", "listed"), [("decided", True), ("refused", False)])
def test_a_message_without_body_is_listed_unless_its_refusal_is(
    outcome: str, *, listed: bool
) -> None:
    answer = OutgoingMessage("f1", "MessageRefused.v1.761", b"{}", subject=DOSSIER)
    oversized = replace(record(b"{", answer, when=at(1), outcome=outcome), body=None)
    alone = replace(oversized, outputs=())

    names_listed = names(timeline(DOSSIER, {"submission": [oversized]}))

    assert names_listed == [*(["DossierSubmitted"] if listed else []), "MessageRefused"]
    assert names(timeline(DOSSIER, {"submission": [alone]})) == ["DossierSubmitted"]


def test_a_request_that_was_answered_once_is_no_duplicate_in_either_order() -> None:
    first = record(SUBMITTED, RECEIVED, when=at(1))
    again = record(SUBMITTED, when=at(2))

    for records in ([first, again], [again, first]):
        entries = timeline(DOSSIER, {"submission": records})
        assert not any(entry.was_duplicate for entry in entries)


def test_a_poison_message_is_not_a_duplicate() -> None:
    poisoned = record(SUBMITTED, when=at(1), outcome="poison")

    (entry,) = timeline(DOSSIER, {"submission": [poisoned]})

    assert not entry.was_duplicate


def test_a_held_dossier_goes_on_with_the_report_that_came() -> None:
    held = DossierHeld(caf="761", dossier_id=DOSSIER, revision=1, waits_for="interim_report")
    waiting = record(SUBMITTED, output(held, "h1", "submission", "s1"), when=at(1))
    received = output(samples.dossier_received(), "r1", "submission", "b1")
    report = record(body(samples.interim_report(), "b1"), received, when=at(2))

    entries = timeline(DOSSIER, {"submission": [waiting, report]})

    assert [(entry.name, entry.cause) for entry in entries] == [
        ("DossierSubmitted", None),
        ("DossierHeld", "s1"),
        ("InterimReportReceived", None),
        ("DossierReceived", "b1"),
    ]


def test_the_reply_of_an_accounting_system_belongs_to_the_dossier_of_the_entry() -> None:
    fields = {"entry_id": life.ENTRY, "system": life.SYSTEM, "status": "acknowledged"}
    registered = built(
        DeliveryRegistered,
        **fields,
        caf="761",
        dossier_id=DOSSIER,
        exercise=2025,
        told_on=at(0).date(),
    )
    acknowledged = body(life.entry_acknowledged(), "k1", "/accounting/compta-761")
    reply = record(acknowledged, output(registered, "k2", "accounting", "k1"), when=at(1))

    entries = timeline(DOSSIER, {"accounting": [reply]})

    assert [
        (entry.name, entry.producer, entry.cause, entry.was_duplicate) for entry in entries
    ] == [
        ("EntryAcknowledged", "accounting system", None, False),
        ("DeliveryRegistered", "accounting", "k1", False),
    ]
