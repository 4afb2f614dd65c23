"""Conventions: the earliest date counts, before the grant or after it, for the dossier's Caf."""

import itertools

import pytest

from services.funding.domain.states import Convention
from shared.contracts.common import RequestRefused
from shared.contracts.funding import AdvanceGranted, ConventionRegistered
from tests.support.decide import events_of, only_event
from tests.support.samples import (
    DOSSIER,
    OTHER_CAF,
    advance_order,
    agrement,
    convention,
)
from tests.unit.funding.builders import reasons, rules, story

REGISTERED = ConventionRegistered(caf="761", dossier_id=DOSSIER)


def test_a_convention_is_kept_and_answered() -> None:
    scenario = story()
    scenario.when(agrement())

    assert scenario.says(convention()) == (REGISTERED,)
    assert str(scenario.get(Convention, f"{DOSSIER}|761").signed_on) == "2025-10-20"


def test_a_convention_may_come_before_the_grant() -> None:
    scenario = story()

    assert scenario.says(convention()) == (REGISTERED,)

    scenario.when(agrement())
    assert isinstance(scenario.says(advance_order())[0], AdvanceGranted)


@pytest.mark.parametrize(
    "days", list(itertools.permutations(["2025-10-20", "2025-11-03", "2025-12-01"]))
)
def test_the_earliest_date_counts_in_any_order_and_each_is_answered(days: tuple[str, ...]) -> None:
    scenario = story()

    answers = [scenario.says(convention(signed_on=day)) for day in days]

    assert answers == [(REGISTERED,), (REGISTERED,), (REGISTERED,)]
    assert str(scenario.get(Convention, f"{DOSSIER}|761").signed_on) == "2025-10-20"


def test_a_caf_that_is_not_the_dossiers_is_refused() -> None:
    scenario = story()
    scenario.when(agrement())
    before = scenario.states

    refused = only_event(scenario.when(convention(caf=OTHER_CAF), id="c1"), RequestRefused)

    assert (refused.event_id, refused.caf) == ("c1", OTHER_CAF)
    assert refused.event_type == "fr.caf.clas.ConventionSigned.v1"
    assert [reason.rule for reason in refused.reasons] == ["TEC-03"]
    assert scenario.states == before


def test_a_caf_is_refused_while_the_grant_is_deferred_too() -> None:
    scenario = story()
    scenario.when(agrement(school_year="2026-2027"))

    assert isinstance(scenario.says(convention(caf=OTHER_CAF))[0], RequestRefused)


def test_the_early_convention_of_another_caf_never_counts() -> None:
    scenario = story()
    assert isinstance(scenario.says(convention(caf=OTHER_CAF))[0], ConventionRegistered)
    scenario.when(agrement())

    assert rules(scenario.when(advance_order())) == ["CNV-01"]

    scenario.when(convention(signed_on="2025-12-01"))
    (reason,) = reasons(scenario.when(advance_order()))
    assert (reason.rule, "01/12/2025" in reason.message) == ("CNV-01", True)


def test_an_earlier_date_told_later_opens_the_way_for_an_order_refused_before() -> None:
    scenario = story()
    scenario.when(agrement())
    scenario.when(convention(signed_on="2025-12-01"))
    assert rules(scenario.when(advance_order())) == ["CNV-01"]

    scenario.when(convention(signed_on="2025-11-05"))

    assert isinstance(events_of(scenario.when(advance_order()))[0], AdvanceGranted)
