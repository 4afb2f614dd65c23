"""The checklist before a closing, from its preconditions; and the request."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.accounting.closing_cli.checklist import (
    ChecklistItem,
    Preconditions,
    blocked,
    checklist,
)
from services.accounting.closing_cli.request import Request
from services.accounting.queries import GrantsBeforeClosing
from shared.console.idle import Backlog
from shared.contracts.common import Reason
from shared.contracts.envelope import decode
from shared.kernel.memory import MemoryStore
from shared.kernel.memory.reads import MemoryReads
from shared.kernel.read_port import Sample
from tests.unit.cli.builders import record

GRANTS = GrantsBeforeClosing(ended=12, unsettled=Sample(), starting=40, committed=1)
CALM = Preconditions(
    caf="761",
    exercise=2026,
    closed_on=date(2027, 1, 31),
    refusals=(),
    backlog=Backlog({"submission": 0, "accounting": 0}, {"submission": 0, "accounting": 0}),
    grants=GRANTS,
    for_bareme=Sample(),
    for_credits=Sample(),
    refused_accounts=Sample(),
    dead_letters={"submission": 0, "eligibility": 0, "funding": 0, "accounting": 0},
    consumers=1,
)
ASKED = Request("761", 2025, date(2026, 1, 31), "M. Martin")


def only(facts: Preconditions, mark: str) -> ChecklistItem:
    """Return the one point of this mark."""
    (point,) = [each for each in checklist(facts) if each.mark == mark]
    return point


def test_nothing_stands_before_the_closing_of_a_caf_in_order() -> None:
    points = checklist(CALM)

    assert [point.text for point in points] == [
        "Exercice 2026 ouvert, aucun exercice antérieur à clôturer ; clôture datée du 31/01/2027.",
        "Rien n’attend dans les files ni dans les envois des services.",
        "Soldes 2025-2026 : 12 droits, tous soldés.",
        "Aucun droit n’attend de crédits ni de barème.",
        "Aucun message de la Caf 761 n’a été mis de côté.",
        "À passer : 40 droits 2026-2027, 1 engagement à contrepasser.",
    ]
    assert not blocked(points)


def test_a_caf_without_grants_that_ended_has_no_balances_to_settle() -> None:
    points = [point.text for point in checklist(replace(CALM, grants=replace(GRANTS, ended=0)))]

    assert "Soldes 2025-2026 : aucun droit." in points


def test_what_accounting_would_refuse_blocks_with_each_of_its_reasons() -> None:
    reasons = (
        Reason(rule="CLO-01", message="2025 est ouvert."),
        Reason(rule="CLO-02", message="…"),
    )

    points = checklist(replace(CALM, refusals=reasons))

    assert [point.text for point in points if point.mark == "block"] == [
        *("[CLO-01] 2025 est ouvert.", "[CLO-02] …"),
    ]
    assert blocked(points)


def test_messages_on_their_way_block_and_say_where_they_wait() -> None:
    left = Backlog({"submission": 2, "accounting": 1}, {"submission": 0, "accounting": 3})

    point = only(replace(CALM, backlog=left), "block")

    assert point.text == (
        "Des messages attendent, que la clôture ne verrait pas : "
        "2 messages pour submission, 1 message pour accounting et 3 envois par accounting."
    )
    assert "`clas wait`" in point.way_out


def test_balances_not_settled_deserve_a_look_and_are_named_up_to_a_bound() -> None:
    facts = replace(CALM, grants=replace(GRANTS, unsettled=Sample(5, ("D-1", "D-2"))))

    point = only(facts, "look")

    assert point.text == "Soldes 2025-2026 : 5 droits sur 12 sans solde (D-1, D-2 et 3 autres)."
    assert not blocked(checklist(facts))


def test_grants_that_wait_for_credits_are_told_apart_from_those_that_wait_for_a_bareme() -> None:
    facts = replace(CALM, for_credits=Sample(2, ("D-7", "D-8")), for_bareme=Sample(1, ("D-9",)))

    points = [point.text for point in checklist(facts) if point.mark == "look"]

    assert points == [
        "2 droits en attente de crédits (D-7 et D-8).",
        "1 droit en attente d’un barème (D-9).",
    ]
    assert not blocked(checklist(facts))


def test_accounts_refused_and_not_filed_again_deserve_a_look() -> None:
    point = only(replace(CALM, refused_accounts=Sample(1, ("D-3",))), "look")

    assert point.text == "1 compte de résultat refusé, sans solde depuis (D-3)."


def test_dead_letters_deserve_a_look_and_say_whose_they_are() -> None:
    letters = {"submission": 0, "eligibility": 0, "funding": 2, "accounting": 1}

    point = only(replace(CALM, dead_letters=letters), "look")

    assert point.text == "3 messages mis de côté (funding 2 et accounting 1)."


def test_accounting_that_does_not_run_is_told_and_does_not_block() -> None:
    facts = replace(CALM, consumers=0)

    assert "`clas serve accounting`" in only(facts, "look").way_out
    assert not blocked(checklist(facts))


def test_the_same_words_make_the_same_event_byte_for_byte() -> None:
    again = Request("761", 2025, date(2026, 1, 31), "M. Martin")

    assert again.body == ASKED.body
    event = decode(ASKED.body)
    assert (event.id, event.source) == (ASKED.id, "/agent-comptable/761")
    assert event.data == ASKED.data
    assert ASKED.data.closed_by == "M. Martin"
    assert ASKED.routing_key == "ExerciseClosed.v1.761"


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, caf="771"),
        replace(ASKED, exercise=2024),
        replace(ASKED, closed_on=date(2026, 2, 1)),
        replace(ASKED, closed_by=None),
        replace(ASKED, refused=1),
    ],
)
def test_other_words_or_a_refusal_since_make_another_event(other: Request) -> None:
    assert other.id != ASKED.id


@pytest.mark.parametrize(
    ("outcomes", "refused"),
    [([], 0), (["decided"], 1), (["decided", "decided"], 2), (["poison"], 0)],
)
async def test_a_request_is_another_one_after_each_decision_that_refused_it(
    outcomes: list[str], refused: int
) -> None:
    store = MemoryStore()
    for rank, outcome in enumerate(outcomes):
        request = replace(ASKED, refused=rank)
        handled = record(request.body, when=datetime(2026, 1, 31, tzinfo=UTC), outcome=outcome)
        async with store.transaction() as transaction:
            await transaction.write([], [replace(handled, key=request.key)], "w")

    assert await ASKED.renewed(MemoryReads(store)) == replace(ASKED, refused=refused)
