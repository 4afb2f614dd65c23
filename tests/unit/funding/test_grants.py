"""One grant per dossier and school year, deferred while the bareme is unknown."""

import pytest

from services.funding.domain.states import Dossier, Grant
from shared.contracts.funding import FundingDeferred, FundingGranted
from shared.kernel.decision import NO_CHANGE, RequestRef
from tests.support.decide import only_event
from tests.support.samples import DOSSIER, OTHER_DOSSIER, agrement, bareme
from tests.unit.funding.builders import euros, story


def test_an_agrement_is_granted_and_remembered_with_its_caf() -> None:
    scenario = story()

    scenario.when(agrement(), id="agr", origin=RequestRef(request="agr", correlation="dossier"))

    grant = scenario.get(Grant, f"{DOSSIER}|2025-2026")
    assert (grant.status, grant.start_year) == ("granted", 2025)
    assert (grant.advances_n, grant.advances_n1) == euros("0.00", "0.00")
    assert grant.funding is not None
    assert scenario.get(Dossier, DOSSIER).caf == "761"


def test_the_grant_gives_its_answer_the_sequence() -> None:
    decision = story().when(agrement())

    assert isinstance(decision.states[0], Grant)
    assert isinstance(decision.events[0], FundingGranted)


@pytest.mark.parametrize(
    "again", [agrement(), agrement(decided_on="2025-10-09"), agrement(caf="771")]
)
def test_the_first_agrement_of_a_school_year_stands(again: object) -> None:
    scenario = story()
    scenario.when(agrement())
    before = scenario.states

    assert scenario.when(again, id="again") == NO_CHANGE  # type: ignore[arg-type]
    assert scenario.states == before


def test_another_dossier_has_its_own_grant() -> None:
    scenario = story()
    scenario.when(agrement())

    answer = only_event(scenario.when(agrement(dossier_id=OTHER_DOSSIER)), FundingGranted)

    assert answer.dossier_id == OTHER_DOSSIER


def test_of_several_years_only_the_first_is_granted() -> None:
    scenario = story()

    answer = only_event(scenario.when(agrement(multi_year_until="2027-2028")), FundingGranted)

    assert answer.school_year == "2025-2026"
    assert [state.key for state in scenario.states if isinstance(state, Grant)] == [
        f"{DOSSIER}|2025-2026"
    ]


@pytest.mark.parametrize("year", [2019, 2020, 2022, 2023, 2024, 2026])
def test_a_year_without_a_source_is_never_guessed(year: int) -> None:
    scenario = story()

    answer = scenario.when(agrement(school_year=f"{year}-{year + 1}"))

    deferred = only_event(answer, FundingDeferred)
    (reason,) = deferred.reasons
    assert reason.rule == "PRX-07"
    assert f"barème de {year}" in reason.message
    grant = scenario.get(Grant, f"{DOSSIER}|{year}-{year + 1}")
    assert (grant.status, grant.start_year, grant.funding) == ("deferred", year, None)


def test_a_deferred_agrement_sent_again_changes_nothing() -> None:
    scenario = story()
    scenario.when(agrement(school_year="2026-2027"))

    assert scenario.when(agrement(school_year="2026-2027"), id="again") == NO_CHANGE


def test_a_published_bareme_prices_an_agrement_that_comes_later() -> None:
    scenario = story()
    scenario.when(bareme())

    answer = only_event(scenario.when(agrement(school_year="2026-2027")), FundingGranted)

    assert (answer.ps_total, answer.bonus_total) == euros("2795.00", "645.00")
    assert answer.bareme.start_year == 2026
    assert answer.bareme.source == "Circulaire fictive 2026"


def test_a_published_bareme_is_of_no_use_before_any_text_gives_the_shares() -> None:
    scenario = story()
    scenario.when(bareme(start_year=2018))

    answer = scenario.when(agrement(school_year="2018-2019"))

    assert only_event(answer, FundingDeferred).reasons[0].rule == "PRX-07"
