"""Leaving out optional fields never turns a refusal into a grant.

Which fields may be left out is read from the models, so that a new one is under this test too.
Two are not inputs but demands, and are named: `renews` says which project goes on [REC-11], and
`multi_year_until` of a decision asks for more years; without them less is asked for.
"""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.service import SERVICE as ELIGIBILITY
from services.funding.service import SERVICE as FUNDING
from services.submission.service import SERVICE as SUBMISSION
from shared.contracts import caf, corrections, elan
from shared.contracts.base import WireModel
from shared.contracts.eligibility import AgrementGranted, EligibilityAssessed, Finding
from shared.contracts.submission import DossierReceived
from tests.properties.lived import calm
from tests.support import life, samples
from tests.support.decide import Story

W = TypeVar("W", bound=WireModel)
Path = tuple[str, ...]
DEMANDS = {("renews",), ("multi_year_until",)}
LEFT_OUT: dict[type[WireModel], set[Path]] = {
    elan.DossierSubmitted: {
        ("signed_at",),
        ("renews",),
        ("distinct_from",),
        ("transition_commitment",),
        ("multi_year",),
        ("gestionnaire", "supported_since"),
        ("gestionnaire", "centre_social_agrement"),
        ("project", "coordinator"),
    },
    caf.CommitteeDecided: {
        ("decided_by",),
        ("motive",),
        ("criteria",),
        ("cap_justification",),
        ("multi_year_until",),
    },
    caf.AdvanceOrdered: {("ordered_by",)},
    elan.AnnualRenewalFiled: set(),
    elan.ResultAccountFiled: set(),
    caf.ControlConcluded: {("answered_on",)},
    corrections.FundingCancellationOrdered: {("ordered_by",)},
    corrections.AdvanceReversalOrdered: {("ordered_by",)},
}


@pytest.mark.parametrize("model", LEFT_OUT, ids=lambda model: model.__name__)
def test_these_are_the_fields_that_may_be_left_out(model: type[WireModel]) -> None:
    assert set(optional(model.model_json_schema(), ())) == LEFT_OUT[model]


FAULTS: dict[str, tuple[object, ...]] = {
    "signed_at": (None, "2025-07-10T09:30:00+02:00", "2025-09-10T09:30:00+02:00"),
    "channel": ("ELAN", "courrier"),
    "previous_clas": (False, True),
    "distinct_from": ([], [{"dossier_id": "ELAN-2024-761-000001", "motive": "Autre lieu"}]),
    "transition_commitment": (False, True),
    "multi_year": (None, {"until": "2026-2027"}, {"until": "2029-2030"}),
    "gestionnaire__kind": ("association", "centre_social"),
    "gestionnaire__supported_since": (None, "2020-2021", "2024-2025"),
    "gestionnaire__centre_social_agrement": (None, {"from": "2024-01-01", "to": "2026-12-31"}),
    "project__rural": (False, True),
    "project__diagnosis": ("Diagnostic", " "),
    "project__coordinator": (
        None,
        {
            "name": "Camille Durand",
            "diploma_level": 4,
            "equivalent_experience": False,
            "professional_experience": True,
        },
        {
            "name": "Camille Durand",
            "diploma_level": 6,
            "equivalent_experience": False,
            "professional_experience": True,
        },
    ),
    "collectifs__0__children": (10, 6, 13),
    "collectifs__0__sessions_per_week": (2, 1),
    "collectifs__0__minutes_per_session": (90, 120),
    "collectifs__0__intervenants": (2, 1),
}
DECISIONS: dict[str, tuple[object, ...]] = {
    "members_present": (["CAF"], []),
    "motive": (None, "Projet solide"),
    "decided_by": (None, "Commission"),
    "cap_justification": (None, "Aucun autre financeur"),
    "criteria": (None, {"diagnosis": True, "charter": None, "collective_character": None}),
    "bonuses": ([], [{"collectif_id": "C1", "kind": "enfants"}]),
}


def one_at_a_time(values: dict[str, tuple[object, ...]]) -> Iterable[dict[str, Any]]:
    return [{path: value} for path, choices in values.items() for value in choices]


def test_a_dossier_refused_for_one_thing_is_refused_without_each_optional_field() -> None:
    for faults in one_at_a_time(FAULTS):
        refused_without(samples.dossier(**faults), samples.committee_decision())
    for decision in one_at_a_time(DECISIONS):
        refused_without(samples.dossier(), samples.committee_decision(**decision))


def bends(values: dict[str, tuple[object, ...]]) -> st.SearchStrategy[dict[str, Any]]:
    """A few fields bent: with many, no single one would decide."""
    bend = st.sampled_from([(path, value) for path, choices in values.items() for value in choices])
    return st.lists(bend, max_size=3).map(dict)


@calm
@given(bends(FAULTS), bends(DECISIONS), st.sampled_from(["2021-2022", "2025-2026"]))
def test_a_dossier_refused_with_an_optional_field_is_refused_without_it(
    faults: dict[str, Any], decision: dict[str, Any], school_year: str
) -> None:
    whole = samples.dossier(**faults, school_year=school_year)
    refused_without(whole, samples.committee_decision(**decision))


def refused_without(whole: elan.DossierSubmitted, decided: caf.CommitteeDecided) -> None:
    if agreed(whole, decided):
        return
    for path in LEFT_OUT[elan.DossierSubmitted] - DEMANDS:
        assert not agreed(without(whole, path), decided), path
    for path in LEFT_OUT[caf.CommitteeDecided] - DEMANDS:
        assert not agreed(whole, without(decided, path)), path


def agreed(submitted: elan.DossierSubmitted, decided: caf.CommitteeDecided) -> bool:
    """Whether the committee's decision gives an agrement, every derogation needed being granted."""
    submission, eligibility = Story(SUBMISSION), Story(ELIGIBILITY)
    for campaign in (samples.campaign(), samples.campaign(school_year="2021-2022")):
        submission.when(campaign)
    for received in submission.says(submitted):
        if not isinstance(received, DossierReceived):
            continue
        for assessed in eligibility.says(received):
            assert isinstance(assessed, EligibilityAssessed)
            granting = decided.model_copy(update={"derogations_granted": needed(assessed)})
            events = eligibility.says(granting)
            return any(isinstance(event, AgrementGranted) for event in events)
    return False


def needed(assessed: EligibilityAssessed) -> tuple[caf.GrantedDerogation, ...]:
    """The derogations that an assessment requires."""
    places: list[tuple[str | None, tuple[Finding, ...]]] = [(None, assessed.findings)]
    places += [(c.collectif_id, c.findings) for c in assessed.collectifs]
    return tuple(
        caf.GrantedDerogation(collectif_id=place, rule=finding.rule)
        for place, findings in places
        for finding in findings
        if finding.outcome == "derogation"
    )


@calm
@given(
    st.integers(-40, 40),
    st.one_of(st.none(), st.integers(-40, 40)),
    st.booleans(),
)
def test_a_control_refused_with_an_answer_is_refused_without_it(
    waited: int, answered: int | None, named: bool
) -> None:
    sent = date(2027, 3, 1)
    request = life.control_concluded(
        observations_sent_on=str(sent),
        decided_on=str(sent + timedelta(days=waited)),
        answered_on=None if answered is None else str(sent + timedelta(days=answered)),
        collectifs=[life.actual_collectif(collectif_id="C1" if named else "C9")],
    )

    if not settled_then(request, "AdjustmentDecided"):
        assert not settled_then(without(request, ("answered_on",)), "AdjustmentDecided")


@calm
@given(st.integers(0, 120_000), st.sampled_from(["2025-11-05", "2025-10-01", "2026-01-05"]))
def test_an_advance_refused_when_signed_for_is_refused_when_not(amount: int, on: str) -> None:
    order = samples.advance_order(
        amount=f"{amount // 100}.{amount % 100:02}", ordered_on=on, ordered_by="M. Martin"
    )

    if not granted_then(order, "AdvanceGranted"):
        assert not granted_then(without(order, ("ordered_by",)), "AdvanceGranted")


def granted_then(request: WireModel, answer: str) -> bool:
    return answers_with(answer, request, samples.agrement(), samples.convention())


def settled_then(request: WireModel, answer: str) -> bool:
    before = (samples.agrement(), samples.convention(), life.result_account_filed())
    return answers_with(answer, request, *before)


def answers_with(answer: str, request: WireModel, *before: WireModel) -> bool:
    """Whether funding gives this answer after the earlier messages."""
    story = Story(FUNDING)
    for event in before:
        story.when(event)
    return any(type(event).__name__ == answer for event in story.says(request))


def without(data: W, path: Path) -> W:
    """The request with one field left out: null, or absent where it has a default."""
    document = data.model_dump(mode="json")
    place = document
    for step in path[:-1]:
        place = place[step]
    *_, last = path
    place[last] = None
    if path in {("transition_commitment",), ("distinct_from",)}:
        del place[last]
    return type(data).model_validate_json(json.dumps(document))


def optional(schema: dict[str, Any], path: Path) -> Iterable[Path]:
    """The paths of a schema that may be null or absent, not looking into lists."""
    return _optional(schema, schema.get("$defs", {}), path)


def _optional(schema: dict[str, Any], defs: dict[str, Any], path: Path) -> Iterable[Path]:
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    for name, field in schema.get("properties", {}).items():
        nullable = {"type": "null"} in field.get("anyOf", ())
        if nullable or "default" in field:
            yield (*path, name)
        else:
            yield from _optional(field, defs, (*path, name))
