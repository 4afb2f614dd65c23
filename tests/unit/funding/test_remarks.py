"""What a grant says that nobody has settled: the 80 % unjustified, a convention before its time."""

import pytest

from shared.contracts.funding import ConventionRegistered, FundingDeferred, FundingGranted
from shared.contracts.sentences.by_event import sentences_of
from tests.support.decide import only_event
from tests.support.life import annual_renewal_filed
from tests.support.samples import agrement, bareme, convention
from tests.unit.funding.builders import funded, project, story

OTHERS_UP_TO_THE_CEILING = "5241.75"
"""With a Ps of 2 758.25 euros: 8 000.00 euros, which is 80 % of 10 000.00."""


def remarks(granted: ConventionRegistered | FundingGranted) -> list[tuple[str, str]]:
    return [(remark.rule, remark.message) for remark in granted.remarks]


@pytest.mark.parametrize(
    ("others", "justification", "rules"),
    [
        (OTHERS_UP_TO_THE_CEILING, None, ["COF-03"]),
        (OTHERS_UP_TO_THE_CEILING, "Quartier prioritaire sans autre financeur", []),
        ("5241.74", None, []),
    ],
)
def test_the_80_percent_reached_without_a_justification_are_told(
    others: str, justification: str | None, rules: list[str]
) -> None:
    granted = funded(
        project(
            "9000.00",
            total_cost="10000.00",
            branche_famille=(others,),
            cap_justification=justification,
        )
    )

    assert str(granted.ps_total) == "2758.25"
    assert [rule for rule, _ in remarks(granted)] == rules


EARLY = "La convention est signée le 01/10/2025, avant la décision d'agrément du 02/10/2025."


@pytest.mark.parametrize(
    ("signed_on", "expected"), [("2025-10-01", [("CAL-05", EARLY)]), ("2025-10-02", [])]
)
def test_a_convention_signed_before_the_decision_is_told_with_the_grant(
    signed_on: str, expected: list[tuple[str, str]]
) -> None:
    scenario = story()
    scenario.when(convention(signed_on=signed_on))

    granted = only_event(scenario.when(agrement(decided_on="2025-10-02")), FundingGranted)

    assert remarks(granted) == expected


@pytest.mark.parametrize(
    ("signed_on", "expected"), [("2025-10-01", [("CAL-05", EARLY)]), ("2025-10-02", [])]
)
def test_a_convention_that_follows_the_grant_has_the_remark_itself(
    signed_on: str, expected: list[tuple[str, str]]
) -> None:
    scenario = story()
    scenario.when(agrement(decided_on="2025-10-02"))

    registered = only_event(scenario.when(convention(signed_on=signed_on)), ConventionRegistered)

    assert remarks(registered) == expected
    shown = [line for line in sentences_of(registered).lines if "CAL-05" in line]
    assert all(EARLY in line for line in shown)
    assert len(shown) == len(expected)


def test_a_grant_that_waited_tells_it_when_it_is_published() -> None:
    scenario = story()
    scenario.when(convention(signed_on="2026-10-01"))
    late = agrement(school_year="2026-2027", decided_on="2026-10-02")
    only_event(scenario.when(late), FundingDeferred)
    _, release, _ = scenario.says(bareme())

    granted = only_event(scenario.when(release), FundingGranted)

    assert [remark.rule for remark in granted.remarks] == ["CAL-05"]


@pytest.mark.parametrize(
    ("signed_on", "expected"), [("2025-10-01", [("review", EARLY)]), ("2025-10-02", [])]
)
def test_a_convention_that_comes_after_the_grant_tells_it_itself(
    signed_on: str, expected: list[tuple[str, str]]
) -> None:
    scenario = story()
    scenario.when(agrement(decided_on="2025-10-02"))

    findings = scenario.when(convention(signed_on=signed_on)).findings

    assert [(finding.outcome, finding.message) for finding in findings] == expected


def test_a_convention_that_comes_while_the_grant_waits_is_told_when_it_is_published() -> None:
    scenario = story()
    only_event(
        scenario.when(agrement(school_year="2026-2027", decided_on="2026-10-02")), FundingDeferred
    )
    scenario.when(convention(signed_on="2026-10-01"))
    _, release, _ = scenario.says(bareme())

    granted = only_event(scenario.when(release), FundingGranted)

    assert [remark.rule for remark in granted.remarks] == ["CAL-05"]


def test_a_later_year_tells_the_convention_of_its_agrement_too() -> None:
    scenario = story()
    scenario.when(bareme())
    scenario.when(agrement(decided_on="2025-10-02", multi_year_until="2026-2027"))
    scenario.when(convention(signed_on="2025-10-01"))

    renewed = only_event(
        scenario.when(
            annual_renewal_filed(collectifs=[{"collectif_id": "C1", "forecast_cost": "9000.00"}])
        ),
        FundingGranted,
    )

    assert remarks(renewed) == [("CAL-05", EARLY)]
