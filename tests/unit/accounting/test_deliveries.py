"""Replies of accounting systems on entries: stored apart, the latest counts, refusals."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounting.domain.acknowledgements import EntryAcknowledgement
from services.accounting.domain.entries import Entry
from shared.contracts.accounting import DeliveryRegistered
from shared.contracts.accounting_systems import EntryAcknowledged, EntryRejected, RejectionReason
from shared.contracts.base import WireModel
from shared.contracts.common import Reason, RequestRefused
from shared.kernel.decision import OutgoingEvent, State, StateRef
from tests.support.decide import Story, only_event
from tests.support.life import SYSTEM, entry_acknowledged, entry_rejected
from tests.support.samples import CAF, DOSSIER, OTHER_CAF, advance_granted, funding_granted
from tests.unit.accounting.ledger import Ledger, closed_with_an_accrual

MORNING = datetime(2025, 11, 21, 8, 0, tzinfo=UTC)
Words = list[tuple[WireModel, str, datetime]]


def booked() -> tuple[Ledger, str]:
    """Return books with one entry, an advance of two lines, and the id of that entry."""
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(advance_granted())
    return ledger, ledger.only_posted("advance").entry_id


def delivery(story: Story, entry_id: str, system: str = SYSTEM) -> EntryAcknowledgement | None:
    return story.find(EntryAcknowledgement, f"{entry_id}|{system}")


def without_deliveries(story: Story) -> list[State]:
    return [state for state in story.states if not isinstance(state, EntryAcknowledgement)]


def test_an_acknowledgement_is_kept_beside_the_entry_which_stays_as_it_was() -> None:
    ledger, entry = booked()
    before = ledger.states

    decision = ledger.when(entry_acknowledged(entry_id=entry), id="ack-1", time=MORNING)

    assert without_deliveries(ledger) == list(before)
    (stored,) = decision.states
    assert isinstance(stored, EntryAcknowledgement)
    assert (stored.key, stored.caf, stored.exercise) == (f"{entry}|compta-761", CAF, 2025)
    reply = stored.word
    assert (reply.status, str(reply.told_on), reply.reference, reply.reasons) == (
        *("acknowledged", "2025-11-21", "OD-2025-000417"),
        (),
    )
    assert (reply.time, reply.id) == (MORNING, "ack-1")
    assert only_event(decision, DeliveryRegistered) == DeliveryRegistered.model_validate_json(
        f'{{"caf": "761", "dossier_id": "{DOSSIER}", "entry_id": "{entry}", "exercise": 2025,'
        ' "system": "compta-761", "status": "acknowledged", "told_on": "2025-11-21"}'
    )
    assert [(step.rule, step.outcome) for step in decision.findings] == [
        *(("LIV-01", "ok"), ("TEC-03", "ok"), ("LIV-02", "ok")),
        ("LIV-03", "computed"),
    ]
    assert decision.findings[-1].message == (
        "compta-761 : écriture comptabilisée le 21/11/2025 ; c’est sa dernière réponse."
    )


def test_a_rejection_keeps_its_reasons_line_by_line() -> None:
    ledger, entry = booked()
    reasons = [
        {"code": "COMPTE", "message": "Compte T 467 inconnu", "line": 2},
        {"code": "PERIODE", "message": "Période fermée"},
    ]

    decision = ledger.when(entry_rejected(entry_id=entry, reasons=reasons), time=MORNING)

    stored = delivery(ledger, entry)
    assert stored
    assert (stored.word.status, stored.word.reference) == ("rejected", None)
    assert stored.word.reasons == (
        RejectionReason(code="COMPTE", message="Compte T 467 inconnu", line=2),
        RejectionReason(code="PERIODE", message="Période fermée"),
    )
    assert only_event(decision, DeliveryRegistered).status == "rejected"
    assert decision.findings[-1].message.startswith("compta-761 : écriture rejetée le 21/11/2025")


def test_a_rejected_entry_does_not_hold_up_the_next() -> None:
    ledger = closed_with_an_accrual()
    first, second = (entry.entry_id for entry in ledger.entries)

    ledger.when(entry_rejected(entry_id=first), id="w1")
    decision = ledger.when(entry_acknowledged(entry_id=second), id="w2")

    assert only_event(decision, DeliveryRegistered).status == "acknowledged"


def test_a_validated_entry_of_a_closed_exercise_is_answered_and_not_written() -> None:
    ledger = closed_with_an_accrual()
    accrual = ledger.only_posted("accrual").entry_id
    sealed = ledger.get(Entry, accrual)

    ledger.when(entry_acknowledged(entry_id=accrual))

    assert sealed.sequence
    assert ledger.get(Entry, accrual) is sealed
    assert delivery(ledger, accrual)


def test_systems_answer_for_themselves() -> None:
    ledger, entry = booked()

    ledger.when(entry_acknowledged(entry_id=entry), time=MORNING)
    ledger.when(entry_rejected(entry_id=entry, system="paie"), time=MORNING)

    first, second = delivery(ledger, entry), delivery(ledger, entry, "paie")
    assert first
    assert second
    assert (first.word.status, second.word.status) == ("acknowledged", "rejected")


THREE: Words = [
    (entry_rejected(), "z", MORNING),
    (entry_acknowledged(reference="OD-1"), "m", MORNING + timedelta(hours=1)),
    (entry_rejected(rejected_on="2025-11-22"), "a", MORNING + timedelta(hours=2)),
]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_the_last_word_by_time_counts_whatever_came_first(order: tuple[int, ...]) -> None:
    ledger, entry = booked()

    for data, name, time in (THREE[rank] for rank in order):
        ledger.when(data.with_changes(entry_id=entry), id=name, time=time)

    stored = delivery(ledger, entry)
    assert stored
    assert (stored.word.id, stored.word.status) == ("a", "rejected")
    assert str(stored.word.told_on) == "2025-11-22"


def test_of_two_words_of_one_instant_the_greater_id_counts() -> None:
    for names in (("ack-1", "ack-2"), ("ack-2", "ack-1")):
        ledger, entry = booked()
        for name in names:
            ledger.when(entry_acknowledged(entry_id=entry, reference=name), id=name, time=MORNING)
        stored = delivery(ledger, entry)
        assert stored
        assert stored.word.reference == "ack-2"


def test_an_older_word_is_answered_with_the_one_that_counts_and_changes_nothing() -> None:
    """LIV-03: by the dates of the replies, whatever came first."""
    ledger, entry = booked()
    ledger.when(entry_acknowledged(entry_id=entry), time=MORNING)
    before = ledger.states

    late = ledger.when(
        entry_rejected(entry_id=entry, rejected_on="2025-11-20"), time=MORNING - timedelta(days=1)
    )

    assert ledger.states == before
    assert late.states == ()
    answer = only_event(late, DeliveryRegistered)
    assert (answer.status, str(answer.told_on)) == ("acknowledged", "2025-11-21")
    (emitted,) = late.events
    assert isinstance(emitted, OutgoingEvent)
    assert emitted.about == StateRef(EntryAcknowledgement, f"{entry}|compta-761")
    assert late.findings[-1].message == (
        "compta-761 : écriture rejetée le 20/11/2025 ; sa réponse plus récente est déjà connue."
    )


def test_a_word_that_is_played_again_is_answered_and_changes_nothing() -> None:
    ledger, entry = booked()
    ledger.when(entry_acknowledged(entry_id=entry), id="ack-1", time=MORNING)

    again = ledger.when(entry_acknowledged(entry_id=entry), id="ack-1", time=MORNING)

    assert again.states == ()
    assert only_event(again, DeliveryRegistered).status == "acknowledged"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["acknowledged", "rejected"]),
            st.integers(0, 3),
            st.sampled_from(["compta-761", "paie"]),
        ),
        min_size=1,
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_no_order_of_arrival_changes_what_is_known(
    drawn: list[tuple[str, int, str]], draw: Random
) -> None:
    ledger, entry = booked()
    words = [
        (_reply(status, entry, system, f"n° {rank}"), f"w{rank}", MORNING + timedelta(minutes=late))
        for rank, (status, late, system) in enumerate(drawn)
    ]
    shuffled = list(words)
    draw.shuffle(shuffled)

    assert _acknowledgements(ledger.states, words) == _acknowledgements(ledger.states, shuffled)


def _reply(status: str, entry: str, system: str, note: str) -> WireModel:
    if status == "acknowledged":
        return entry_acknowledged(entry_id=entry, system=system, reference=note)
    reasons = [{"code": "X", "message": note}]
    return entry_rejected(entry_id=entry, system=system, reasons=reasons)


def _acknowledgements(states: tuple[State, ...], words: Words) -> dict[str, EntryAcknowledgement]:
    story = Story(Ledger().service, *states)
    for data, name, time in words:
        story.when(data, id=name, time=time)
    return {state.key: state for state in story.states if isinstance(state, EntryAcknowledgement)}


def refused(story: Story, data: EntryAcknowledged | EntryRejected) -> Reason:
    """Return why a reply is refused; nothing may change with it."""
    before = story.states
    decision = story.when(data, id="w1")
    refusal = only_event(decision, RequestRefused)
    assert story.states == before
    assert (refusal.event_id, refusal.caf) == ("w1", data.caf)
    assert refusal.event_type == f"fr.caf.clas.{type(data).__name__}.v1"
    (reason,) = refusal.reasons
    assert (decision.findings[-1].rule, decision.findings[-1].outcome) == (reason.rule, "breach")
    return reason


@pytest.mark.parametrize("reply", [entry_acknowledged(), entry_rejected()])
def test_an_entry_that_was_never_posted_cannot_be_answered_for(
    reply: EntryAcknowledged | EntryRejected,
) -> None:
    ledger, _ = booked()

    reason = refused(ledger, reply)

    assert reason.rule == "LIV-01"
    assert reason.message == (
        "L’écriture 5a1c54a5-0d1c-5f0e-9d3c-3f0f4f1d2a10 n’est pas connue : elle n’a jamais été"
        " passée."
    )


@pytest.mark.parametrize("reply", [entry_acknowledged(), entry_rejected()])
def test_the_entry_of_another_caf_cannot_be_answered_for(
    reply: EntryAcknowledged | EntryRejected,
) -> None:
    ledger, entry = booked()

    reason = refused(ledger, reply.with_changes(entry_id=entry, caf=OTHER_CAF))

    assert reason.rule == "TEC-03"
    assert reason.message == (
        f"La réponse vient de la Caf 771, mais l’écriture {entry} relève de la Caf 761."
    )


def test_a_rejection_names_lines_that_the_entry_has() -> None:
    ledger, entry = booked()
    lines = (4, 2, 1, 3, 3)
    reasons = [{"code": "C", "message": "inconnu", "line": line} for line in lines]

    reason = refused(ledger, entry_rejected(entry_id=entry, reasons=reasons))

    assert reason.rule == "LIV-02"
    assert reason.message == (
        f"Le rejet nomme des lignes que l’écriture {entry} n’a pas : 3, 4. Elle en a 2."
    )
