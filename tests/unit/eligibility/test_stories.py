"""The stories, as far as eligibility takes part: received, assessed and decided."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.eligibility.service import SERVICE
from shared.contracts.base import WireModel
from shared.contracts.caf import CampaignOpened, CommitteeDecided
from shared.contracts.elan import DossierSubmitted
from shared.contracts.eligibility import (
    CollectifAssessment,
    CommitteeDecisionRejected,
    EligibilityAssessed,
)
from shared.contracts.submission import CampaignTerms, DossierReceived
from tests.support.decide import Story
from tests.unit.eligibility.builders import rules

STORIES = Path(__file__).parents[2] / "stories"
TOLD_HERE = (
    "EligibilityAssessed",
    "AgrementGranted",
    "AgrementRefused",
    "CommitteeDecisionRejected",
    "CommitteeAdjourned",
)


@pytest.mark.parametrize(
    "name",
    [
        "02-small-rural-collectif",
        "03-premises-derogation",
        "04-homework-help-only",
        "05-eighty-percent-cap",
        "06-priced-per-collectif",
    ],
)
def test_eligibility_tells_its_part_of_the_story(name: str) -> None:
    example = json.loads((STORIES / f"{name}.json").read_text(encoding="utf-8"))
    expected = [(t["event"], t["expect"]) for t in example["then"] if t["event"] in TOLD_HERE]

    assert _played(example["given"]) == expected


def _played(inputs: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    story, terms = Story(SERVICE), None
    events: list[WireModel] = []
    for event in inputs:
        data = json.dumps(event["data"])
        match event["event"]:
            case "CampaignOpened":
                terms = _terms(CampaignOpened.model_validate_json(data))
            case "DossierSubmitted":
                assert terms is not None
                events += story.says(_received(DossierSubmitted.model_validate_json(data), terms))
            case "CommitteeDecided":
                events += story.says(CommitteeDecided.model_validate_json(data))
    return [(type(event).__name__, _summary(event)) for event in events]


def _terms(opened: CampaignOpened) -> CampaignTerms:
    return CampaignTerms(
        multi_year_until=opened.multi_year_until,
        symbolic_fee_ceiling=opened.symbolic_fee_ceiling,
        priorities=opened.priorities,
        committee=opened.committee,
    )


def _received(submitted: DossierSubmitted, terms: CampaignTerms) -> DossierReceived:
    assert submitted.signed_at is not None
    deposited_on = submitted.signed_at.date()
    return DossierReceived(**dict(submitted), deposited_on=deposited_on, campaign=terms)


def _summary(event: WireModel) -> dict[str, Any]:
    match event:
        case EligibilityAssessed():
            return {
                "verdict": event.verdict,
                "breaches": rules(event.findings, "breach"),
                "collectifs": {one.collectif_id: _collectif(one) for one in event.collectifs},
                "until": event.multi_year_allowed_until,
            }
        case CommitteeDecisionRejected():
            return {"reasons": [reason.rule for reason in event.reasons]}
        case _:
            return {}


def _collectif(collectif: CollectifAssessment) -> list[Any]:
    return [
        collectif.verdict,
        rules(collectif.findings, "breach"),
        rules(collectif.findings, "derogation"),
    ]
