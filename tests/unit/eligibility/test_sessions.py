"""Weeks, sessions and their length, and the season."""

import pytest

from tests.unit.eligibility.builders import collectif_finding


@pytest.mark.parametrize(
    ("weeks", "outcome"), [(26, "breach"), (27, "ok"), (0, "breach"), (1, "breach")]
)
def test_a_collectif_meets_27_weeks(weeks: int, outcome: str) -> None:
    result = collectif_finding("ELI-27", weeks=weeks)

    assert result.outcome == outcome
    assert f"{weeks} semaine" in result.observed


@pytest.mark.parametrize(
    ("sessions", "minutes", "outcome"),
    [
        (2, 90, "ok"),
        (2, 89, "breach"),
        (3, 90, "ok"),
        (1, 180, "breach"),
        (0, 120, "breach"),
    ],
)
def test_in_town_it_meets_twice_a_week_for_an_hour_and_a_half(
    sessions: int, minutes: int, outcome: str
) -> None:
    result = collectif_finding("ELI-27", sessions_per_week=sessions, minutes_per_session=minutes)

    assert result.outcome == outcome


@pytest.mark.parametrize(
    ("sessions", "minutes", "outcome"),
    [
        (1, 120, "ok"),
        (1, 119, "breach"),
        (0, 120, "breach"),
        (2, 90, "ok"),
    ],
)
def test_in_a_rural_area_one_session_of_two_hours_is_enough(
    sessions: int, minutes: int, outcome: str
) -> None:
    result = collectif_finding(
        "ELI-27", project__rural=True, sessions_per_week=sessions, minutes_per_session=minutes
    )

    assert result.outcome == outcome
    assert "DER-04" in result.expected


@pytest.mark.parametrize(
    ("sessions", "minutes", "constraint", "outcome"),
    [
        (1, 120, True, "derogation"),
        (1, 119, True, "breach"),
        (0, 120, True, "breach"),
        (1, 120, False, "breach"),
        (2, 90, True, "ok"),
    ],
)
def test_for_want_of_premises_the_committee_may_allow_one_long_session(
    sessions: int, minutes: int, *, constraint: bool, outcome: str
) -> None:
    result = collectif_finding(
        "ELI-27",
        sessions_per_week=sessions,
        minutes_per_session=minutes,
        premises_constraint=constraint,
    )

    assert result.outcome == outcome
    assert ("DER-06" in result.message) == (outcome == "derogation")


def test_too_few_weeks_win_over_the_derogation_for_premises() -> None:
    result = collectif_finding(
        "ELI-27",
        weeks=26,
        sessions_per_week=1,
        minutes_per_session=120,
        premises_constraint=True,
    )

    assert result.outcome == "breach"
    assert result.message == "Le collectif fonctionne 26 semaines par an : il en faut au moins 27."


@pytest.mark.parametrize(
    ("starts", "ends", "weeks", "outcome"),
    [
        # 3 November to 10 May: 189 days, 27 weeks.
        ("2025-11-03", "2026-05-10", 27, "ok"),
        ("2025-11-03", "2026-05-10", 28, "breach"),
        # One day more begins the 28th week.
        ("2025-11-03", "2026-05-11", 28, "ok"),
        ("2025-11-03", "2025-12-02", 27, "breach"),
        ("2026-05-10", "2025-11-03", 27, "breach"),
        # The whole school year has 365 days.
        ("2025-09-01", "2026-08-31", 53, "ok"),
        ("2025-09-01", "2026-08-31", 54, "breach"),
    ],
)
def test_no_more_weeks_than_the_period_holds(
    starts: str, ends: str, weeks: int, outcome: str
) -> None:
    result = collectif_finding("ELI-27", starts_on=starts, ends_on=ends, weeks=weeks)

    assert result.outcome == outcome


def test_the_weeks_of_the_period_are_told() -> None:
    result = collectif_finding("ELI-27", starts_on="2025-11-03", ends_on="2025-12-02", weeks=27)

    assert result.message == (
        "Le collectif déclare 27 semaines, et sa période du 03/11/2025 au 02/12/2025 en compte"
        " 5 au plus."
    )


def test_a_rural_area_does_not_relax_the_weeks() -> None:
    assert collectif_finding("ELI-27", project__rural=True, weeks=26).outcome == "breach"


@pytest.mark.parametrize(
    ("starts", "ends", "outcome"),
    [
        ("2025-11-03", "2026-06-15", "ok"),
        ("2025-11-02", "2026-06-15", "review"),
        ("2025-11-03", "2026-06-16", "review"),
        ("2025-09-08", "2026-06-30", "review"),
    ],
)
def test_the_season_runs_from_the_autumn_holidays_to_mid_june(
    starts: str, ends: str, outcome: str
) -> None:
    result = collectif_finding("CAL-03", starts_on=starts, ends_on=ends)

    assert result.outcome == outcome
    assert result.expected.startswith("après le 02/11/2025 et jusqu'au 15/06/2026")


@pytest.mark.parametrize("commune", ["97411", "97302", "98818"])
def test_overseas_has_a_calendar_of_its_own(commune: str) -> None:
    result = collectif_finding("CAL-03", project__communes=[commune], starts_on="2025-09-08")

    assert result.outcome == "not_applicable"


@pytest.mark.parametrize("commune", ["76540", "9760", "97 rue du Port", "976AB", "2A004"])
def test_a_commune_of_metropolitan_france_is_not_overseas(commune: str) -> None:
    result = collectif_finding("CAL-03", project__communes=[commune], starts_on="2025-09-08")

    assert result.outcome == "review"


def test_a_year_without_a_known_calendar_is_not_judged() -> None:
    result = collectif_finding("CAL-03", school_year="2097-2098")

    assert result.outcome == "not_applicable"
