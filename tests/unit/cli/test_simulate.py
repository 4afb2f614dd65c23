"""A simulation decides as production does, and changes only what its options change."""

import asyncio
from collections.abc import Iterable
from decimal import Decimal
from importlib.resources import as_file, files
from typing import Any

from services.cli.demo.driver import in_process
from services.cli.demo.play import play
from services.cli.demo.sample import FILE, campaign
from services.cli.services import UPSTREAM
from services.funding.simulation.changes import Changes
from services.funding.simulation.compare import Comparison, compare
from services.funding.simulation.inputs import events_of_file, inputs_from_events
from services.funding.simulation.run import SimulatedRights, as_today, with_changes
from shared.contracts.accounting import AccountingEntryPosted
from shared.contracts.base import WireModel
from shared.contracts.envelope import encode, routing_key
from shared.contracts.funding import BalanceSettled, FundingCancelled, FundingGranted
from shared.kernel.messages import IncomingMessage
from shared.kernel.published_events import PublishedEvents, published_events
from tests.support import life, samples

YEAR = "2025-2026"
LATER = {"school_year": "2026-2027", "multi_year_until": "2026-2027"}


def nothing() -> None:
    """Ignore the progress."""


def arrived(*data: WireModel) -> list[IncomingMessage]:
    return [
        IncomingMessage(
            encode(item, id=f"e{rank}", source="/test", time="2026-01-01T00:00:00Z"),
            routing_key(type(item).__name__, getattr(item, "caf", None)),
        )
        for rank, item in enumerate(data)
    ]


def simulated(
    messages: Iterable[IncomingMessage], school_year: str = YEAR, **changed: Any
) -> tuple[Comparison, SimulatedRights]:
    changes = Changes(start_year=int(school_year[:4]), **changed)
    inputs = list(messages)
    today = asyncio.run(as_today(inputs, school_year, nothing))
    then = asyncio.run(with_changes(changes, inputs, school_year, nothing))
    return compare(today, then), then


def amount(
    rights: SimulatedRights, dossier_id: str = samples.DOSSIER, school_year: str = YEAR
) -> Decimal:
    return rights[(dossier_id, school_year)].due.total


async def real_run() -> PublishedEvents:
    async with in_process() as stage:
        await play(stage, campaign())
        return published_events(stage.received(), "761")


def booked(run: PublishedEvents, dossier_id: str) -> Decimal:
    """Return the expense of a dossier: both exercises, what was taken back deducted."""
    posted = [one for one in run.of_type(AccountingEntryPosted) if one.dossier_id == dossier_id]
    expenses = [line for one in posted for line in one.lines if line.origin_exercise]
    return sum((line.debit - line.credit for line in expenses), start=Decimal("0.00"))


def test_with_the_parameters_of_today_it_gives_exactly_what_a_real_run_booked() -> None:
    with as_file(files("services.cli.demo").joinpath(FILE)) as path:
        events, faults = events_of_file(path)
    messages = asyncio.run(inputs_from_events(events, UPSTREAM, nothing)).deliveries
    comparison, rights = simulated(messages)

    run = asyncio.run(real_run())

    over = {
        event.dossier_id for event in (*run.of_type(BalanceSettled), *run.of_type(FundingCancelled))
    }
    due = {dossier_id: booked(run, dossier_id) for dossier_id in over} | {
        event.dossier_id: event.ps_total + event.bonus_total
        for event in run.of_type(FundingGranted)
        if event.dossier_id not in over
    }
    assert due == {right.dossier_id: right.due.total for right in rights.values()}
    assert (len(faults), len(due), len(over)) == (3, 113, 108)
    assert comparison.whole.before == comparison.whole.after == Decimal("607114.26")
    assert comparison.winners == comparison.losers == ()


def test_a_higher_plafond_raises_the_ps_max_with_it() -> None:
    comparison, rights = simulated(arrived(samples.agrement()), plafond=Decimal("9000.00"))

    # 32,5 % of 9 000,00 = 2 925,00, and 634,00 of bonus.
    assert amount(rights) == Decimal("3559.00")
    assert comparison.whole.difference == Decimal("166.75")
    assert [pair.right.dossier_id for pair in comparison.winners] == [samples.DOSSIER]


def test_a_ps_max_that_is_given_stands() -> None:
    changed: dict[str, Any] = {"plafond": Decimal("9000.00"), "ps_max": Decimal("2800.00")}

    assert amount(simulated(arrived(samples.agrement()), **changed)[1]) == Decimal("3434.00")


def test_plafond_and_rate_as_they_are_keep_the_published_ps_max() -> None:
    as_they_are: dict[str, Any] = {"plafond": Decimal("8487.00"), "rate": Decimal("0.325")}

    # 32,5 % of 8 487,00 would be 2 758,28: the published 2 758,25 stays.
    assert amount(simulated(arrived(samples.agrement()), **as_they_are)[1]) == Decimal("3392.25")


def test_rate_and_bonuses_change_and_the_next_year_keeps_its_own() -> None:
    changed: dict[str, Any] = {
        "rate": Decimal("0.30"),
        "bonus_enfants": Decimal("100.00"),
        "bonus_parents": Decimal("0.00"),
    }
    of_both_years = arrived(
        samples.bareme(),
        samples.agrement(),
        samples.agrement(dossier_id=samples.OTHER_DOSSIER, **LATER),
    )
    comparison, rights = simulated(of_both_years, **changed)
    changes = Changes(start_year=2025, **changed)
    later = asyncio.run(with_changes(changes, of_both_years, "2026-2027", nothing))

    # 30 % of 8 487,00 = 2 546,10, and 100,00 of bonus.
    assert amount(rights) == Decimal("2646.10")
    assert [pair.difference for pair in comparison.losers] == [Decimal("-746.15")]
    # 32,5 % of 8 600,00 = 2 795,00, and 645,00 of bonus.
    assert amount(later, samples.OTHER_DOSSIER, "2026-2027") == Decimal("3440.00")


def test_a_bareme_that_a_message_brings_is_changed_too() -> None:
    messages = arrived(samples.agrement(**LATER), samples.bareme())
    comparison, _ = simulated(messages, "2026-2027", bonus_parents=Decimal("0.00"))

    assert comparison.whole.before == Decimal("3440.00")
    assert comparison.whole.after == Decimal("3130.00")
    assert comparison.whole.waiting_before == comparison.whole.waiting_after == 0


def test_a_year_without_bareme_is_priced_once_all_its_prices_are_given() -> None:
    prices: dict[str, Any] = {
        "plafond": Decimal("9000.00"),
        "ps_max": Decimal("2925.00"),
        "bonus_enfants": Decimal("340.00"),
        "bonus_parents": Decimal("320.00"),
    }
    messages = arrived(samples.agrement(**LATER))
    comparison, _ = simulated(messages, "2026-2027", **prices)

    assert (comparison.whole.waiting_before, comparison.whole.waiting_after) == (1, 0)
    assert comparison.whole.after == Decimal("3585.00")
    today = comparison.winners[0].today
    assert today
    assert (today.caf, today.key) == ("761", (samples.DOSSIER, "2026-2027"))
    assert today.deferral_rules == ("PRX-07",)
    del prices["bonus_parents"]
    assert simulated(messages, "2026-2027", **prices)[0].whole.waiting_after == 1


def test_costs_stand_by_caf_and_the_largest_difference_comes_first() -> None:
    small = samples.agrement(
        dossier_id="SMALL", caf="451", collectifs=[samples.granted_collectif(bonuses=["enfants"])]
    )
    comparison, _ = simulated(
        arrived(samples.agrement(), small),
        bonus_enfants=Decimal("330.00"),
        bonus_parents=Decimal("310.00"),
    )

    assert [(each.caf, each.dossiers, each.difference) for each in comparison.cafs] == [
        ("451", 1, Decimal("1.00")),
        ("761", 1, Decimal("6.00")),
    ]
    assert (comparison.whole.dossiers, comparison.whole.difference) == (2, Decimal("7.00"))
    assert [pair.right.dossier_id for pair in comparison.winners] == [samples.DOSSIER, "SMALL"]


def test_an_envelope_holds_back_whom_it_cannot_pay_and_none_lifts_the_limit() -> None:
    two = (samples.agrement(), samples.agrement(dossier_id=samples.OTHER_DOSSIER))
    limited = arrived(life.envelope_allotted(amount="1500.00"), *two)

    # Part N is 1 103,30 each: 1 500,00 pays one of the two, 2 206,60 both.
    both, _ = simulated(limited, envelopes={("761", 2025): Decimal("2206.60")})
    free, _ = simulated(limited, envelopes={("761", 2025): None})
    less, rights = simulated(arrived(*two), envelopes={("761", 2025): Decimal("2206.59")})

    assert (both.whole.waiting_before, both.whole.waiting_after) == (1, 0)
    assert (free.whole.waiting_after, free.whole.difference) == (0, Decimal("3392.25"))
    assert (less.whole.waiting_after, less.whole.difference) == (1, Decimal("-3392.25"))
    assert rights[(samples.OTHER_DOSSIER, YEAR)].deferral_rules == ("ENV-03",)


def test_another_part_n_charges_the_exercises_otherwise() -> None:
    limited = arrived(life.envelope_allotted(amount="1103.30"), samples.agrement())

    comparison, _ = simulated(limited, part_n=Decimal("0.41"))

    assert (comparison.whole.waiting_before, comparison.whole.waiting_after) == (0, 1)


def test_what_is_settled_is_settled_again_with_the_changed_prices() -> None:
    messages = arrived(samples.agrement(), samples.convention(), life.result_account_filed())
    comparison, rights = simulated(messages, plafond=Decimal("8000.00"))

    # 32,5 % of 8 000,00 = 2 600,00 where 2 758,25 was settled; 634,00 of bonus in both.
    assert amount(rights) == Decimal("3234.00")
    assert comparison.whole.difference == Decimal("-158.25")


def test_a_deferred_right_whose_agrement_is_withdrawn_no_longer_waits() -> None:
    withdrawn = life.agrement_amended()
    messages = arrived(samples.agrement(**LATER), withdrawn)

    comparison, rights = simulated(messages, "2026-2027")

    assert amount(rights, school_year="2026-2027") == Decimal("0.00")
    assert (comparison.whole.waiting_before, comparison.whole.waiting_after) == (0, 0)
