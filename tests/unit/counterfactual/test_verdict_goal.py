"""The goal of a verdict, which assesses a collectif once, against the production decision."""

from itertools import combinations

import pytest

from services.eligibility.counterfactual import counterfactuals
from shared.contracts.eligibility import EligibilityAssessed
from shared.counterfactual.decision import StoredDecision
from shared.counterfactual.search import Trial
from tests.support import samples
from tests.support.explaining import decisions_on
from tests.support.samples import collectif

FAULTY: dict[str, object] = {
    "project__parents_agreement": False,
    "project__schools": [],
    "collectifs": [
        collectif(weeks=20, children=6, sessions_per_week=1, minutes_per_session=60),
        collectif(collectif_id="C2", children=6, intervenants=1),
    ],
    "bonus_requests": [],
}
DOSSIERS: dict[str, dict[str, object]] = {
    "two sessions": {},
    "rural": {"project__rural": True},
    "one long session": {
        "collectifs": [
            collectif(
                sessions_per_week=1, minutes_per_session=120, weeks=20, premises_constraint=True
            )
        ]
    },
    "transitional year": {"school_year": "2021-2022", "transition_commitment": True},
    "before the first referentiel": {"school_year": "2020-2021"},
}


@pytest.mark.parametrize("name", DOSSIERS)
async def test_the_goal_is_met_where_the_production_decision_gives_the_verdict(name: str) -> None:
    decision = await assessed({**FAULTY, **DOSSIERS[name]})
    (verdict,) = decision.events
    assert isinstance(verdict, EligibilityAssessed)
    allowed = ("eligible",) if verdict.verdict == "derogation" else ("eligible", "derogation")
    (counterfactual,) = counterfactuals(decision)

    for size in range(4):
        for changes in combinations(counterfactual.candidates, size):
            trial = decision.trial.after(changes)
            assert counterfactual.goal(trial) == (verdict_of(decision, trial) in allowed)


def verdict_of(decision: StoredDecision, trial: Trial) -> str:
    (event,) = decision.rerun(trial)
    assert isinstance(event, EligibilityAssessed)
    return event.verdict


async def assessed(fields: dict[str, object]) -> StoredDecision:
    year = str(fields.get("school_year", "2025-2026"))
    start, signed = year[:4], f"{year[:4]}-07-02T10:00:00+02:00"
    campaign = samples.campaign(
        school_year=year, opens_on=f"{start}-06-13", closes_on=f"{start}-08-31"
    )
    dossier = samples.dossier(**fields, signed_at=signed, deposited_at=signed)
    decisions = await decisions_on([campaign, dossier])
    return next(decision for decision in decisions if decision.service.name == "eligibility")
