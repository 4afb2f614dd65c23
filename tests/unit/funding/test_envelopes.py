"""Envelopes by Caf and exercise: who is admitted, who waits and why, in which order [ENV-03]."""

import itertools
from decimal import Decimal

import pytest

from services.funding.domain.allotments import PAGE_LENGTH
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.states import Grant
from shared.contracts.funding import (
    AdvanceRefused,
    EnvelopeRegistered,
    EnvelopeReleaseContinued,
    FundingDeferred,
    FundingGranted,
)
from shared.kernel.decision import NO_CHANGE, OutgoingEvent, RequestRef, StateRef
from tests.support.decide import events_of, only_event
from tests.support.life import (
    control_concluded,
    envelope_allotted,
    funding_cancellation_ordered,
    result_account_filed,
)
from tests.support.samples import advance_order, agrement, bareme, convention
from tests.unit.funding.builders import project, story
from tests.unit.funding.envelope_builders import (
    allot,
    at,
    charges,
    drain,
    envelopes,
    file,
    left,
    raised,
    small,
    waiting,
    why,
)


def registered(amount: str, *, superseded: bool = False) -> EnvelopeRegistered:
    """The answer to an allotment of 2025, with the total that counts."""
    return EnvelopeRegistered(
        caf="761", exercise=2025, superseded=superseded, amount=Decimal(amount)
    )


def test_part_n_is_charged_to_the_first_exercise_the_rest_and_the_bonuses_to_the_next() -> None:
    scenario = story()

    granted = only_event(scenario.when(agrement()), FundingGranted)

    assert charges(granted) == [(2025, "1103.30", "unchecked"), (2026, "2288.95", "unchecked")]
    lines = envelopes(scenario).lines
    assert [(line.exercise, str(line.granted)) for line in lines] == [
        (2025, "1103.30"),
        (2026, "2288.95"),
    ]


def test_an_exercise_with_an_allotment_is_reserved_and_the_other_stays_unchecked() -> None:
    scenario = story()
    allot(scenario, "260.00")

    granted = only_event(scenario.when(small("D-1")), FundingGranted)

    assert charges(granted) == [(2025, "260.00", "reserved"), (2026, "390.00", "unchecked")]
    assert left(scenario) == [(2025, "0.00"), (2026, None)]


def test_a_cent_too_little_in_one_exercise_makes_the_whole_grant_wait() -> None:
    scenario = story()
    allot(scenario, "260.00", 2025)
    allot(scenario, "389.99", 2026)

    assert why(scenario.when(small("D-1"))) == [
        "Enveloppe 2026 de la Caf 761 : il reste 389,99\u00a0€, il faut 390,00\u00a0€."
    ]

    assert left(scenario) == [(2025, "260.00"), (2026, "389.99")]
    grant = scenario.get(Grant, "D-1|2025-2026")
    assert (grant.status, grant.waits_for, grant.funding) == ("deferred", "envelope", None)


def test_an_exercise_charged_nothing_is_not_looked_at() -> None:
    scenario = story()
    allot(scenario, "0.00", 2025)
    allot(scenario, "0.00", 2026)
    file(scenario, "D-1")

    granted = only_event(scenario.when(project("0.00", dossier_id="D-0")), FundingGranted)

    assert granted.envelopes == ()
    assert waiting(scenario) == ["D-1"]


def test_one_cent_of_ps_needs_the_second_exercise_only() -> None:
    scenario = story()
    allot(scenario, "0.00", 2025)

    granted = only_event(scenario.when(project("0.03", dossier_id="D-0")), FundingGranted)

    assert charges(granted) == [(2026, "0.01", "unchecked")]


def test_what_was_granted_before_an_allotment_counts_so_that_it_may_start_below_zero() -> None:
    scenario = story()
    file(scenario, "D-1", "D-2")

    allot(scenario, "500.00")

    assert left(scenario)[0] == (2025, "-20.00")
    assert why(scenario.when(small("D-3"))) == [
        "Enveloppe 2025 de la Caf 761 : elle est dépassée de 20,00\u00a0€, il faut 260,00\u00a0€."
    ]


def test_another_caf_has_envelopes_of_its_own() -> None:
    scenario = story()
    allot(scenario, "0.00")
    file(scenario, "D-1")

    assert charges(only_event(scenario.when(small("D-2", caf="771")), FundingGranted))
    assert [str(line.granted) for line in envelopes(scenario, "771").lines] == ["260.00", "390.00"]


def test_grants_are_served_as_they_arrive_whatever_their_decision_dates() -> None:
    scenario = story()
    allot(scenario, "520.00")

    assert file(scenario, ("D-3", "2025-10-09"), ("D-2", "2025-10-08"), ("D-1", "2025-10-01")) == [
        *("FundingGranted", "FundingGranted", "FundingDeferred")
    ]


def test_an_arrival_that_fits_waits_behind_any_grant_that_waits_for_its_exercise() -> None:
    scenario = story()
    allot(scenario, "300.00")
    scenario.when(project("4000.00", dossier_id="D-9", decided_on="2025-12-01"))

    why_it_waits = (
        "un dossier attend déjà ; celui-ci prend rang dans la liste, par date de décision."
    )
    assert why(scenario.when(small("D-1", "2025-10-01"))) == [
        f"Enveloppe 2025 de la Caf 761 : {why_it_waits}",
        f"Enveloppe 2026 de la Caf 761 : {why_it_waits}",
    ]
    assert waiting(scenario) == ["D-1", "D-9"]


def test_both_obstacles_are_told_and_those_before_are_counted() -> None:
    scenario = story()
    allot(scenario, "0.00")
    file(scenario, "D-1", "D-2")

    first, second, third = why(scenario.when(small("D-3")))

    assert first == "Enveloppe 2025 de la Caf 761 : il reste 0,00\u00a0€, il faut 260,00\u00a0€."
    assert second.startswith("Enveloppe 2025 de la Caf 761 : 2 dossiers attendent déjà ;")
    assert third.startswith("Enveloppe 2026 de la Caf 761 : 2 dossiers attendent déjà ;")


def test_an_arrival_of_other_exercises_passes_by_those_that_wait() -> None:
    scenario = story()
    allot(scenario, "0.00")
    file(scenario, "D-1")

    granted = only_event(scenario.when(small("D-2", school_year="2021-2022")), FundingGranted)

    assert [each.exercise for each in granted.envelopes] == [2021, 2022]


@pytest.mark.parametrize(
    "arrivals",
    list(
        itertools.permutations(
            [
                ("D-2", "2025-10-02"),
                ("D-1", "2025-10-02"),
                ("D-1-B", "2025-10-02"),
                ("D-9", "2025-09-30"),
            ]
        )
    ),
)
def test_the_list_is_ordered_by_decision_date_then_dossier(arrivals: tuple[str, ...]) -> None:
    scenario = story()
    allot(scenario, "0.00")
    file(scenario, *arrivals)

    assert waiting(scenario) == ["D-9", "D-1", "D-1-B", "D-2"]
    assert raised(scenario, "780.00") == ["D-9", "D-1", "D-1-B"]
    assert waiting(scenario) == ["D-2"]


def test_a_raise_is_a_new_total_and_lets_in_as_far_as_it_goes() -> None:
    scenario = story()
    allot(scenario, "0.00")
    file(scenario, "D-1", "D-2", "D-3")

    assert raised(scenario, "519.99") == ["D-1"]
    assert raised(scenario, "520.00", hour=10) == ["D-2"]
    assert raised(scenario, "100000.00", hour=11) == ["D-3"]
    assert left(scenario) == [(2025, "99220.00"), (2026, None)]


def test_one_that_still_waits_holds_back_those_behind_it_that_would_fit() -> None:
    scenario = story()
    allot(scenario, "0.00")
    scenario.when(project("4000.00", dossier_id="D-1"))
    file(scenario, "D-2")

    assert raised(scenario, "300.00") == []
    assert waiting(scenario) == ["D-1", "D-2"]


def test_one_that_still_waits_holds_back_nobody_of_other_exercises() -> None:
    scenario = story()
    allot(scenario, "0.00", 2025)
    allot(scenario, "0.00", 2021)
    file(scenario, "D-1")
    scenario.when(small("D-2", school_year="2021-2022"))

    assert raised(scenario, "260.00", 2021) == ["D-2"]
    assert waiting(scenario) == ["D-1"]


def test_one_held_back_holds_back_those_behind_it_in_its_turn() -> None:
    """D-1 lacks 2025; D-2 needs 2026 with it, D-3 needs 2027 with D-2, and nothing limits those."""
    scenario = story()
    scenario.when(bareme(start_year=2026))
    scenario.when(bareme(start_year=2027))
    allot(scenario, "0.00", 2025)
    for first in (2025, 2026, 2027):
        year = f"{first}-{first + 1}"
        scenario.when(small(f"D-{first - 2024}", f"{first}-10-01", school_year=year))

    assert raised(scenario, "100000.00", 2027) == []
    assert waiting(scenario) == ["D-1", "D-2", "D-3"]
    assert raised(scenario, "260.00", 2025, hour=10) == ["D-1", "D-2", "D-3"]


def test_a_cut_takes_nothing_back_and_lets_nothing_in_until_there_is_room() -> None:
    scenario = story()
    allot(scenario, "520.00", time=at(8), id="E-1")
    file(scenario, "D-1", "D-2")

    assert raised(scenario, "100.00", hour=9) == []
    assert left(scenario)[0] == (2025, "-420.00")
    assert scenario.get(Grant, "D-1|2025-2026").status == "granted"
    assert file(scenario, "D-3") == ["FundingDeferred"]
    assert raised(scenario, "779.99", hour=10) == []
    assert raised(scenario, "780.00", hour=11) == ["D-3"]


def test_a_cut_lets_nothing_in_even_where_an_early_one_would_fit_and_a_raise_does() -> None:
    """D-1 fits, but came when D-9 waited already: its turn comes with the next raise."""
    scenario = story()
    allot(scenario, "300.00", time=at(8), id="E-1")
    scenario.when(project("4000.00", dossier_id="D-9", decided_on="2025-12-01"))
    file(scenario, "D-1")

    assert raised(scenario, "299.00", hour=9) == []
    assert raised(scenario, "299.00", hour=10) == []
    assert raised(scenario, "50000.00", 2026, hour=11) == []
    assert raised(scenario, "299.01", hour=12) == ["D-1"]


def test_the_last_allotment_by_time_counts_in_any_order_of_arrival() -> None:
    early = ("100.00", "b", at(8))
    late = ("260.00", "a", at(9))
    for first, second in itertools.permutations([early, late]):
        scenario = story()
        for amount, name, time in (first, second):
            answer = events_of(allot(scenario, amount, id=name, time=time))

        assert answer == (registered("260.00", superseded=first == late),)
        assert left(scenario) == [(2025, "260.00")]


def test_of_two_allotments_at_one_time_the_greater_id_counts() -> None:
    for order in itertools.permutations([("100.00", "a"), ("260.00", "b")]):
        scenario = story()
        for amount, name in order:
            allot(scenario, amount, id=name, time=at(8))

        assert left(scenario) == [(2025, "260.00")]


def test_an_older_allotment_is_answered_and_changes_nothing() -> None:
    scenario = story()
    allot(scenario, "0.00", id="new", time=at(9))
    file(scenario, "D-1")

    decision = allot(scenario, "100000.00", id="old", time=at(8))

    assert decision.states == ()
    (event,) = decision.events
    answer = registered("0.00", superseded=True)
    assert event == OutgoingEvent(answer, about=StateRef(Envelopes, "761"))
    assert waiting(scenario) == ["D-1"]


def test_the_allotment_that_counts_is_not_superseded_when_it_is_handled_again() -> None:
    scenario = story()
    allot(scenario, "300.00", id="E-1", time=at(8))

    again = allot(scenario, "300.00", id="E-1", time=at(8))

    assert events_of(again) == (registered("300.00"),)
    assert again.states == ()


def test_what_is_let_in_is_counted_at_once_and_told_by_pages_of_fifty() -> None:
    scenario = story()
    allot(scenario, "0.00")
    names = [f"D-{rank:03}" for rank in range(1, 102)]
    file(scenario, *reversed(names))

    start = allot(scenario, "100000.00", id="E-2", time=at(9))

    release = EnvelopeReleaseContinued(caf="761", release=1, page=1)
    assert events_of(start) == (registered("100000.00"), release)
    assert (waiting(scenario), left(scenario)[0]) == ([], (2025, "73740.00"))
    pages = [events_of(scenario.when(events_of(start)[1]))]
    while isinstance(pages[-1][-1], EnvelopeReleaseContinued):
        pages.append(events_of(scenario.when(pages[-1][-1])))
    granted = [[e.dossier_id for e in page if isinstance(e, FundingGranted)] for page in pages]
    assert [len(page) for page in granted] == [PAGE_LENGTH, PAGE_LENGTH, 1] == [50, 50, 1]
    assert [name for page in granted for name in page] == names
    assert pages[0][-1] == EnvelopeReleaseContinued(caf="761", release=1, page=2)
    assert pages[1][-1] == EnvelopeReleaseContinued(caf="761", release=1, page=3)
    assert envelopes(scenario).released == ()


def test_exactly_fifty_make_one_page() -> None:
    scenario = story()
    allot(scenario, "0.00")
    file(scenario, *(f"D-{rank:03}" for rank in range(50)))
    _, start = events_of(allot(scenario, "100000.00", id="E-2", time=at(9)))

    assert all(isinstance(event, FundingGranted) for event in events_of(scenario.when(start)))
    assert scenario.when(start) == NO_CHANGE


def test_a_page_without_any_envelopes_says_nothing() -> None:
    page = EnvelopeReleaseContinued(caf="761", release=1, page=1)

    assert story().when(page) == NO_CHANGE


def test_each_late_answer_belongs_to_the_request_that_waited() -> None:
    scenario = story()
    allot(scenario, "0.00")
    file(scenario, "D-1", "D-2")
    _, start = events_of(allot(scenario, "520.00", id="E-2", time=at(9)))

    answers = scenario.when(start, origin=RequestRef(request="E-2", correlation="E-2")).events

    assert [(e.origin, e.about, e.earlier) for e in answers if isinstance(e, OutgoingEvent)] == [
        (RequestRef(request="R-D-1", correlation="C-D-1"), StateRef(Grant, "D-1|2025-2026"), 0),
        (RequestRef(request="R-D-2", correlation="C-D-2"), StateRef(Grant, "D-2|2025-2026"), 0),
    ]


def test_a_late_grant_is_worth_what_it_was_and_tells_what_was_reserved() -> None:
    scenario = story()
    allot(scenario, "0.00")
    scenario.when(agrement())
    _, start = events_of(allot(scenario, "2000.00", id="E-2", time=at(9)))

    late = only_event(scenario.when(start), FundingGranted)

    calm = only_event(story().when(agrement()), FundingGranted)
    assert late.with_changes(envelopes=()) == calm.with_changes(envelopes=())
    assert charges(late) == [(2025, "1103.30", "reserved"), (2026, "2288.95", "unchecked")]
    grant = scenario.get(Grant, late.dossier_id + "|2025-2026")
    assert (grant.status, grant.waits_for, grant.funding) == ("granted", None, late)


def test_two_chains_of_pages_at_once_tell_each_grant_once() -> None:
    scenario = story()
    allot(scenario, "0.00")
    file(scenario, *(f"D-{rank:03}" for rank in range(60)))
    _, grant = events_of(allot(scenario, "14560.00", id="E-2", time=at(9)))
    _, two = events_of(allot(scenario, "15600.00", id="E-3", time=at(10)))

    granted: list[str] = []
    running = [grant, two]
    while running:
        events = events_of(scenario.when(running.pop(0)))
        granted += [e.dossier_id for e in events if isinstance(e, FundingGranted)]
        running += [e for e in events if isinstance(e, EnvelopeReleaseContinued)]

    assert (grant, two) == (
        EnvelopeReleaseContinued(caf="761", release=1, page=1),
        EnvelopeReleaseContinued(caf="761", release=2, page=1),
    )
    assert granted == [f"D-{rank:03}" for rank in range(60)]


def test_one_let_in_and_not_yet_told_counts_against_the_next_to_arrive() -> None:
    scenario = story()
    allot(scenario, "0.00")
    file(scenario, "D-1")
    allot(scenario, "400.00", id="E-2", time=at(9))

    assert why(scenario.when(small("D-2"))) == [
        "Enveloppe 2025 de la Caf 761 : il reste 140,00\u00a0€, il faut 260,00\u00a0€."
    ]


def test_while_a_grant_waits_no_advance_is_paid_on_it() -> None:
    scenario = story()
    allot(scenario, "0.00")
    scenario.when(agrement())
    scenario.when(convention())

    (reason,) = only_event(scenario.when(advance_order()), AdvanceRefused).reasons

    assert (reason.rule, "différé" in reason.message) == ("COM-05", True)


def test_a_balance_and_a_control_do_not_move_the_envelope() -> None:
    scenario = story()
    allot(scenario, "5000.00")
    scenario.when(agrement())
    scenario.when(convention())
    before = envelopes(scenario)

    scenario.when(result_account_filed(collectifs=[]))
    scenario.when(control_concluded())

    assert envelopes(scenario) == before


def test_a_cancelled_grant_leaves_the_list_and_those_behind_it_are_served() -> None:
    scenario = story()
    allot(scenario, "300.00")
    scenario.when(project("4000.00", dossier_id="D-1"))
    file(scenario, "D-2")

    decision = scenario.when(funding_cancellation_ordered(dossier_id="D-1"))

    assert drain(scenario, decision) == ["D-2"]
    assert (waiting(scenario), left(scenario)[0]) == ([], (2025, "40.00"))
    assert scenario.get(Grant, "D-1|2025-2026").waits_for is None


def test_one_cancelled_between_its_turn_and_its_page_is_never_granted_and_gives_back() -> None:
    scenario = story()
    allot(scenario, "0.00")
    file(scenario, "D-1", "D-2")
    _, start = events_of(allot(scenario, "260.00", id="E-2", time=at(9)))

    _, follows = events_of(scenario.when(funding_cancellation_ordered(dossier_id="D-1")))

    assert only_event(scenario.when(start), FundingGranted).dossier_id == "D-2"
    assert scenario.when(follows) == NO_CHANGE
    assert scenario.get(Grant, "D-1|2025-2026").status == "cancelled"
    assert left(scenario)[0] == (2025, "0.00")


def test_the_same_agrement_again_is_silent_while_it_waits() -> None:
    scenario = story()
    allot(scenario, "0.00")
    file(scenario, "D-1")

    assert scenario.when(small("D-1"), id="again") == NO_CHANGE
    assert waiting(scenario) == ["D-1"]


def test_a_deferral_tells_its_price_then_what_it_lacks() -> None:
    scenario = story()
    allot(scenario, "0.00")

    steps = scenario.when(small("D-1")).findings

    assert [(step.rule, step.outcome) for step in steps] == [
        *((rule, "computed") for rule in ("PRX-07", "PRX-01", "COF-02", "ENV-01")),
        *((rule, "computed") for rule in ("ACO-01", "ACO-03")),
        ("ENV-03", "breach"),
    ]


def test_a_grant_tells_its_ceilings_of_advances_and_what_its_envelopes_have_left() -> None:
    scenario = story()
    allot(scenario, "1500.00")

    steps = scenario.when(agrement()).findings

    assert [(step.rule, step.message, step.amounts) for step in steps[-4:]] == [
        (
            "ACO-01",
            "Acomptes de 2025 : 28\u00a0% de la Ps au plus, soit 772,31\u00a0€.",
            {"share": "0.28", "ceiling": "772.31"},
        ),
        (
            "ACO-03",
            "Acomptes de 2026 : 42\u00a0% de la Ps au plus, soit 1\u202f158,46\u00a0€.",
            {"share": "0.42", "ceiling": "1158.46"},
        ),
        (
            "ENV-03",
            "Enveloppe 2025 de la Caf 761 : 1\u202f103,30\u00a0€ retenus, il reste 396,70\u00a0€.",
            {"amount": "1103.30", "granted": "1103.30"},
        ),
        (
            "ENV-03",
            "Enveloppe 2026 de la Caf 761 : 2\u202f288,95\u00a0€ retenus, non limitée.",
            {"amount": "2288.95", "granted": "2288.95"},
        ),
    ]


def test_a_collectif_without_ps_tells_that_it_gets_no_bonus() -> None:
    steps = story().when(project("0.00", bonuses=("enfants",))).findings

    assert ("BON-15", "C1 : sans Ps, aucun bonus.") in [(s.rule, s.message) for s in steps]


def test_an_allotment_tells_whom_it_serves_and_a_page_tells_each_price() -> None:
    scenario = story()
    allot(scenario, "0.00")
    file(scenario, "D-1", "D-2")

    decision = allot(scenario, "300.00", id="E-2", time=at(9))
    page = scenario.when(events_of(decision)[1])

    (step,) = decision.findings
    assert step.message == (
        "Enveloppe 2025 de la Caf 761 : total de 300,00\u00a0€, 260,00\u00a0€ accordés. "
        "Servis dans l'ordre de la liste : 1 ; toujours en attente : 1."
    )
    assert step.amounts == {"allotted": "300.00", "granted": "260.00"}
    assert [(s.message, s.amounts) for s in page.findings if s.rule == "ENV-03"] == [
        (
            "Enveloppe 2025 : 260,00\u00a0€ retenus pour D-1, à son tour dans la liste d'attente.",
            {"amount": "260.00"},
        ),
        (
            "Enveloppe 2026 : 390,00\u00a0€ retenus pour D-1, à son tour dans la liste d'attente.",
            {"amount": "390.00"},
        ),
    ]


def test_an_allotment_may_be_zero_and_is_never_negative() -> None:
    assert envelope_allotted(amount="0.00").amount == Decimal("0.00")


def test_a_deferred_answer_names_the_grant() -> None:
    scenario = story()
    allot(scenario, "0.00")

    deferred = only_event(scenario.when(small("D-1")), FundingDeferred)

    assert (deferred.caf, deferred.dossier_id, deferred.school_year) == (
        *("761", "D-1", "2025-2026"),
    )
