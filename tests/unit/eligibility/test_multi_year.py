"""How long an agrement may run: centre social, other gestionnaires, campaign."""

from typing import Any

import pytest

from tests.unit.eligibility.builders import Committee, assessed, finding

NOBODY_LIMITS: dict[str, Any] = {"campaign__multi_year_until": None}


def asking(until: str | None, **changes: Any) -> dict[str, Any]:
    """Return the changes of a dossier of 2025-2026 that requests this duration."""
    return {"multi_year": {"until": until} if until else None, **changes}


def centre_social(agrement: tuple[str, str] | None) -> dict[str, Any]:
    period = {"from": agrement[0], "to": agrement[1]} if agrement else None
    return {
        "gestionnaire__kind": "centre_social",
        "gestionnaire__supported_since": None,
        "gestionnaire__centre_social_agrement": period,
        **NOBODY_LIMITS,
    }


@pytest.mark.parametrize("until", [None, "2025-2026", "2024-2025"])
def test_one_year_is_always_allowed_and_no_limit_is_judged(until: str | None) -> None:
    changes = asking(until, gestionnaire__supported_since=None)

    assert assessed(**changes).multi_year_allowed_until == "2025-2026"
    for rule in ("PLU-01", "PLU-02", "PLU-04"):
        assert finding(rule, **changes).outcome == "not_applicable"


@pytest.mark.parametrize(
    ("since", "until", "outcome", "allowed"),
    [
        ("2023-2024", "2026-2027", "ok", "2026-2027"),
        ("2024-2025", "2026-2027", "review", "2025-2026"),
        (None, "2026-2027", "review", "2025-2026"),
        ("2020-2021", "2028-2029", "ok", "2028-2029"),
        ("2020-2021", "2029-2030", "review", "2028-2029"),
        ("2024-2025", "2029-2030", "review", "2025-2026"),
    ],
)
def test_others_need_two_years_of_support_and_get_four_at_most(
    since: str | None, until: str, outcome: str, allowed: str
) -> None:
    changes = asking(until, gestionnaire__supported_since=since, **NOBODY_LIMITS)

    assert finding("PLU-02", **changes).outcome == outcome
    assert finding("PLU-01", **changes).outcome == "not_applicable"
    assert assessed(**changes).multi_year_allowed_until == allowed


@pytest.mark.parametrize(
    ("agrement", "until", "outcome", "allowed"),
    [
        (("2023-01-01", "2027-06-30"), "2026-2027", "ok", "2026-2027"),
        (("2023-01-01", "2027-06-29"), "2026-2027", "review", "2025-2026"),
        (("2023-01-01", "2026-12-31"), "2026-2027", "review", "2025-2026"),
        (("2023-01-01", "2031-12-31"), "2030-2031", "ok", "2030-2031"),
        (("2023-01-01", "2025-12-31"), "2026-2027", "review", "2025-2026"),
        (("2026-07-01", "2027-06-29"), "2026-2027", "review", "2025-2026"),
        (("2027-06-30", "2028-06-29"), "2026-2027", "ok", "2026-2027"),
        (("2027-07-01", "2028-06-29"), "2026-2027", "review", "2025-2026"),
        (None, "2026-2027", "review", "2025-2026"),
    ],
)
def test_a_centre_social_stays_within_its_own_agrement(
    agrement: tuple[str, str] | None, until: str, outcome: str, allowed: str
) -> None:
    changes = asking(until, **centre_social(agrement))

    assert finding("PLU-01", **changes).outcome == outcome
    assert finding("PLU-02", **changes).outcome == "not_applicable"
    assert assessed(**changes).multi_year_allowed_until == allowed


@pytest.mark.parametrize(
    ("campaign", "until", "outcome", "allowed"),
    [
        ("2027-2028", "2027-2028", "ok", "2027-2028"),
        ("2027-2028", "2028-2029", "review", "2027-2028"),
        (None, "2028-2029", "not_applicable", "2028-2029"),
        ("2024-2025", "2026-2027", "review", "2025-2026"),
    ],
)
def test_the_campaign_sets_a_last_year_when_it_names_one(
    campaign: str | None, until: str, outcome: str, allowed: str
) -> None:
    changes = asking(until, campaign__multi_year_until=campaign)

    assert finding("PLU-04", **changes).outcome == outcome
    assert assessed(**changes).multi_year_allowed_until == allowed


def test_the_smallest_of_all_limits_counts() -> None:
    changes = asking("2030-2031", campaign__multi_year_until="2026-2027")

    assert assessed(**changes).multi_year_allowed_until == "2026-2027"
    assert finding("PLU-02", **changes).outcome == "review"
    assert finding("PLU-04", **changes).outcome == "review"


def test_a_reduced_end_never_makes_a_dossier_ineligible() -> None:
    assert assessed(**asking("2030-2031")).verdict == "eligible"


def test_the_reduced_end_is_named() -> None:
    result = finding("PLU-04", **asking("2028-2029"))

    assert result.message.endswith("elle est ramenée à 2027-2028.")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        pytest.param(asking("2028-2029"), "PLU-04", id="the campaign"),
        pytest.param(asking("2027-2028"), "PLU-04", id="the campaign, to its very end"),
        pytest.param(
            asking("2028-2029", gestionnaire__supported_since="2024-2025"), "PLU-02", id="seniority"
        ),
        pytest.param(asking("2029-2030", **NOBODY_LIMITS), "PLU-02", id="four years"),
        pytest.param(
            asking("2028-2029", **centre_social(("2023-01-01", "2026-12-31"))),
            "PLU-01",
            id="the centre social's agrement",
        ),
        pytest.param(
            asking("2029-2030", campaign__multi_year_until="2028-2029"), "PLU-02", id="both alike"
        ),
        pytest.param(asking(None), "PLU-02", id="one year asked for"),
        pytest.param(asking("2026-2027"), "PLU-02", id="less asked for than allowed"),
        pytest.param(asking(None, **centre_social(None)), "PLU-01", id="one year, centre social"),
    ],
)
def test_a_grant_beyond_the_allowed_end_names_the_rule_that_binds(
    changes: dict[str, Any], rule: str
) -> None:
    (answer,) = Committee(**changes).decides(multi_year_until="2031-2032")

    assert [reason.rule for reason in answer.reasons] == [rule]  # type: ignore[attr-defined]
