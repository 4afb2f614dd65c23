"""The checker of chaos sees what is lost, doubled and unexpected, and nothing else."""

import json
from collections import Counter
from typing import Any

import pytest

from tests.chaos.load import Load
from tests.chaos.matrix import MATRIX
from tests.chaos.outcome import compare_traffic, healthy_dead_letters, missing_dead_letters
from tests.chaos.scenarios import ALL
from tests.support.campaign import Calm
from tests.support.client import Event, event, name_of

SENT = event("DossierSubmitted", {"caf": "761"}, "sent")
DERIVED = event("AgrementGranted", {"caf": "761"}, "derived") | {"source": "/clas/eligibility"}
UNREAD = event("AccountingEntryPosted", {"n": 1}, "unread") | {"source": "/clas/accounting"}
CALM = Calm([SENT, DERIVED, UNREAD], {})
HANDLED = {
    "submission": {"sent", "derived"},
    "funding": {"derived"},
    "eligibility": set(),
    "accounting": set(),
}


STEPS = ("DossierSubmitted", "CommitteeDecided", "ConventionSigned", "AdvanceOrdered")


def wire(*events: Event) -> list[bytes]:
    return [json.dumps(each).encode() for each in events]


def test_a_run_like_the_calm_one_has_no_fault() -> None:
    traffic = compare_traffic(wire(SENT, DERIVED, UNREAD, UNREAD), HANDLED, CALM)

    assert (traffic.lost, traffic.doubled, traffic.unexpected) == ([], [], [])
    assert traffic.published_again == 1


def test_what_a_consumer_has_not_handled_is_lost() -> None:
    traffic = compare_traffic(wire(SENT, DERIVED, UNREAD), HANDLED | {"funding": set()}, CALM)

    assert traffic.lost == ["AgrementGranted derived"]


def test_what_nobody_consumes_is_lost_when_the_log_has_not_got_it() -> None:
    assert compare_traffic(wire(SENT, DERIVED), HANDLED, CALM).lost == [
        "AccountingEntryPosted unread"
    ]


def test_a_gap_of_the_log_is_counted_apart() -> None:
    traffic = compare_traffic(wire(SENT, UNREAD), HANDLED, CALM)

    assert traffic.lost == []
    assert traffic.gaps_of_log == 1


def test_one_id_with_two_contents_is_doubled() -> None:
    later = DERIVED | {"time": "2026-01-02T00:00:00Z"}

    assert compare_traffic(wire(SENT, DERIVED, later, UNREAD), HANDLED, CALM).doubled == ["derived"]


@pytest.mark.parametrize("change", [{"id": "other"}, {"data": {"caf": "771"}}])
def test_another_id_and_other_data_are_unexpected(change: dict[str, Any]) -> None:
    traffic = compare_traffic(wire(SENT, UNREAD, DERIVED | change), HANDLED, CALM)

    assert len(traffic.unexpected) == 1


def test_dead_letters_are_those_provoked_however_often_they_came() -> None:
    provoked = {"funding": Counter(["a", "b"])}
    actual = {"funding": Counter(["a", "a", "c"]), "submission": Counter(["d"])}

    assert missing_dead_letters(actual, provoked) == ["funding b"]
    assert healthy_dead_letters(actual, provoked) == ["funding c", "submission d"]


def test_the_load_is_the_whole_campaign_each_event_once() -> None:
    load = Load(3)
    phases = [*load.before, load.during, *load.after]

    assert Counter(each["id"] for phase in phases for each in phase) == Counter(
        each["id"] for phase in load.whole.phases for each in phase
    )
    assert Counter(map(name_of, load.during)) == dict.fromkeys(STEPS, 3)


def test_every_row_of_the_matrix_is_shown_or_says_why_not() -> None:
    shown = {row for scenario in ALL.values() for row in scenario.rows}

    assert list(MATRIX) == list(range(1, 53))
    assert {number for number, row in MATRIX.items() if not row.elsewhere} == shown
