"""A Caf reduces or withdraws an agrement, and what is left is remembered [AGR-01 to AGR-04]."""

from typing import Any

import pytest

from services.eligibility.domain.states import Agrement
from services.eligibility.service import SERVICE
from shared.contracts.base import WireModel
from shared.contracts.common import Reason
from shared.contracts.eligibility import AgrementAmended, AgrementGranted, AmendmentRejected
from shared.kernel.decision import OutgoingEvent, StateRef
from tests.support.decide import Story, only_event
from tests.support.life import agrement_imported, amendment_decided
from tests.support.samples import DOSSIER, OTHER_CAF, OTHER_DOSSIER, collectif, granted_collectif
from tests.unit.eligibility.builders import Committee

NAMES = ("C1", "C2", "C3")


def agreed() -> Committee:
    """The committee granted three collectifs for 2025 to 2028."""
    committee = Committee(
        collectifs=[collectif(collectif_id=name) for name in NAMES],
        multi_year={"until": "2027-2028"},
        bonus_requests=[],
    )
    (granted,) = committee.decides(collectifs=list(NAMES), bonuses=[], multi_year_until="2027-2028")
    assert isinstance(granted, AgrementGranted)
    return committee


def amend(story: Story, number: int = 1, **changes: Any) -> AgrementAmended:
    """Send an amendment that must be accepted."""
    decided = amendment_decided(amendment_id=f"AVN-{number}", **changes)
    return only_event(story.when(decided), AgrementAmended)


def keep(*names: str, year: str = "2025-2026") -> dict[str, Any]:
    """Return the fields of a reduction to these collectifs."""
    return {"effect": "reduced", "collectifs": list(names), "from_school_year": year}


def withdraw(year: str) -> dict[str, Any]:
    """Return the fields of a withdrawal."""
    return {"effect": "withdrawn", "collectifs": [], "from_school_year": year}


def reasons_of(events: tuple[WireModel, ...]) -> list[str]:
    """Return the rules of a rejection, which must be the only answer."""
    (event,) = events
    assert isinstance(event, AmendmentRejected), event
    return [reason.rule for reason in event.reasons]


def refused(story: Story, **changes: Any) -> list[str]:
    return reasons_of(story.says(amendment_decided(amendment_id="AVN-9", **changes)))


def rejection_text(story: Story, **changes: Any) -> str:
    """Return the sentences of a rejection; its steps have the same."""
    decision = story.when(amendment_decided(amendment_id="AVN-9", **changes))
    reasons = only_event(decision, AmendmentRejected).reasons
    steps = [step.message for step in decision.findings if step.outcome == "breach"]
    assert steps == [reason.message for reason in reasons]
    return " ".join(steps)


def test_a_reduction_says_what_stays_and_until_when() -> None:
    decision = agreed().when(amendment_decided(**keep("C1", "C3", year="2026-2027")))

    amended = only_event(decision, AgrementAmended)
    assert (amended.effect, amended.collectifs) == ("reduced", ("C1", "C3"))
    assert (amended.from_school_year, amended.multi_year_until) == ("2026-2027", "2027-2028")
    assert amended.decided_on.isoformat() == "2026-02-10"
    assert amended.legal_ground == "Convention d'objectifs et de financement, article 6"
    assert amended.motive == "Cessation d'activité"
    assert {step.outcome for step in decision.findings} == {"ok"}
    assert [step.rule for step in decision.findings] == [
        *("TEC-01", "TEC-03", "AGR-01", "COM-04", "AGR-02", "AGR-04", "AGR-03")
    ]


@pytest.mark.parametrize(
    ("first", "until"),
    [("2025-2026", None), ("2026-2027", "2025-2026"), ("2027-2028", "2026-2027")],
)
def test_a_withdrawal_ends_the_agrement_the_year_before(first: str, until: str | None) -> None:
    amended = amend(agreed(), **withdraw(first))

    assert (amended.effect, amended.collectifs) == ("withdrawn", ())
    assert amended.multi_year_until == until


@pytest.mark.parametrize(
    ("change", "until"),
    [
        (withdraw("2025-2026"), "2025-2026"),
        (withdraw("2026-2027"), "2026-2027"),
        (keep("C1", year="2025-2026"), "2027-2028"),
    ],
)
def test_the_year_in_which_the_action_stopped_is_still_covered(
    change: dict[str, Any], until: str
) -> None:
    story = agreed()
    stopped = f"{change['from_school_year'][:4]}-12-19"

    amended = amend(story, **change, ended_on=stopped)

    assert (str(amended.ended_on), amended.multi_year_until) == (stopped, until)
    agrement = story.get(Agrement, DOSSIER)
    assert agrement.in_year(change["from_school_year"]) == NAMES


@pytest.mark.parametrize(
    ("ended_on", "rules"),
    [
        ("2025-08-31", ["AGR-04"]),
        ("2025-09-01", None),
        ("2026-08-31", None),
        ("2026-09-01", ["AGR-04"]),
    ],
)
def test_the_action_stopped_in_the_first_year_amended(
    ended_on: str, rules: list[str] | None
) -> None:
    story = agreed()
    change = withdraw("2025-2026") | {"ended_on": ended_on}

    if rules is None:
        assert amend(story, **change).effect == "withdrawn"
    else:
        assert refused(story, **change) == rules


def test_a_further_amendment_builds_on_what_is_left() -> None:
    story = agreed()
    amend(story, 1, **keep("C1", "C2", year="2026-2027"))

    assert refused(story, **keep("C1", "C3", year="2027-2028")) == ["COM-04"]
    assert refused(story, **keep("C1", "C2", year="2027-2028")) == ["AGR-02"]
    amend(story, 2, **keep("C1", year="2027-2028"))
    assert amend(story, 3, **withdraw("2027-2028")).multi_year_until == "2026-2027"
    assert refused(story, **withdraw("2027-2028")) == ["AGR-01"]
    assert refused(story, **keep("C1", "C3", year="2025-2026")) == ["COM-04"]
    amend(story, 4, **keep("C1", year="2026-2027"))
    assert amend(story, 5, **withdraw("2025-2026")).multi_year_until is None
    assert rejection_text(story, **withdraw("2025-2026")) == (
        "L'agrément est retiré : il ne couvre plus aucune année scolaire."
    )


def test_an_earlier_year_may_be_reduced_to_what_stays_later() -> None:
    """C3 is gone from 2026-2027 on; that it never ran is decided after."""
    story = agreed()
    amend(story, 1, **keep("C1", "C2", year="2026-2027"))

    amend(story, 2, **keep("C1", "C2", year="2025-2026"))

    assert refused(story, **keep("C1", "C2", year="2026-2027")) == ["AGR-02"]
    assert story.get(Agrement, DOSSIER).in_year("2025-2026") == ("C1", "C2")


def test_an_amendment_is_decided_once() -> None:
    story = agreed()
    amend(story, **keep("C1"))

    assert story.says(amendment_decided(**keep("C1"))) == ()
    assert reasons_of(story.says(amendment_decided(motive="", **keep("C1")))) == ["TEC-01"]
    (emitted,) = story.when(amendment_decided(caf=OTHER_CAF, **keep("C1"))).events
    reason = Reason(
        rule="TEC-01",
        message="La modification AVN-1 a déjà été prise en compte avec un autre contenu.",
    )
    rejected = AmendmentRejected(
        caf=OTHER_CAF, dossier_id=DOSSIER, amendment_id="AVN-1", reasons=(reason,)
    )
    assert emitted == OutgoingEvent(rejected, about=StateRef(Agrement, DOSSIER))


def test_what_was_rejected_is_judged_anew() -> None:
    story = agreed()

    assert refused(story, legal_ground="") == ["AGR-03"]
    assert refused(story, legal_ground="") == ["AGR-03"]
    only_event(story.when(amendment_decided(amendment_id="AVN-9")), AgrementAmended)


@pytest.mark.parametrize("withdrawn", [True, False])
def test_without_an_agrement_there_is_nothing_to_amend(withdrawn: bool) -> None:
    story = Committee() if withdrawn else Story(SERVICE)

    assert refused(story, caf=OTHER_CAF, motive="") == ["COM-05"]
    assert rejection_text(story) == (
        f"Le dossier {DOSSIER} n'a pas d'agrément : il n'y a rien à modifier."
    )


def test_another_caf_amends_nothing_whatever_else_is_wrong() -> None:
    assert refused(agreed(), caf=OTHER_CAF, motive="", legal_ground="") == ["TEC-03"]


@pytest.mark.parametrize("year", ["2024-2025", "2028-2029"])
def test_a_year_that_is_not_covered_cannot_be_amended(year: str) -> None:
    assert refused(agreed(), **withdraw(year)) == ["AGR-01"]
    assert rejection_text(agreed(), **withdraw(year)) == (
        f"L'agrément va de 2025-2026 à 2027-2028 : il ne couvre pas l'année scolaire {year}."
    )
    assert refused(agreed(), **keep("C1", year=year)) == ["AGR-01"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            keep(),
            "une réduction garde un collectif au moins ; sinon l'agrément est à retirer",
        ),
        (keep(*NAMES), "aucun collectif n'est supprimé"),
        (
            withdraw("2025-2026") | {"collectifs": ["C1", "C2"]},
            "un agrément retiré ne garde aucun collectif (C1, C2)",
        ),
    ],
)
def test_an_amendment_that_reduces_nothing_is_rejected(
    fields: dict[str, Any], sentence: str
) -> None:
    assert refused(agreed(), **fields) == ["AGR-02"]
    assert (
        rejection_text(agreed(), **fields)
        == f"La modification ne réduit pas l'agrément : {sentence}."
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"legal_ground": " "}, "son fondement juridique."),
        ({"motive": ""}, "son motif."),
        ({"motive": "", "legal_ground": ""}, "son fondement juridique ni son motif."),
    ],
)
def test_an_amendment_names_its_ground_and_its_motive(
    fields: dict[str, Any], sentence: str
) -> None:
    assert refused(agreed(), **fields) == ["AGR-03"]
    assert rejection_text(agreed(), **fields) == f"La modification n'indique pas {sentence}"


def test_all_that_is_wrong_is_told_at_once() -> None:
    fields = withdraw("2030-2031") | {"collectifs": ["C1", "C9"], "motive": ""}

    assert refused(agreed(), **fields) == ["AGR-01", "COM-04", "AGR-02", "AGR-03"]
    assert "Ces collectifs ne sont pas, ou ne sont plus, dans l'agrément : C9." in rejection_text(
        agreed(), **fields
    )


def test_an_imported_agrement_is_amended_as_any_other() -> None:
    story = Story(SERVICE)
    both = [granted_collectif(), granted_collectif(collectif_id="C2")]
    imported = agrement_imported(collectifs=both)
    story.when(imported)

    assert amend(story, 1, **keep("C2")).multi_year_until == "2026-2027"
    assert amend(story, 2, **withdraw("2026-2027")).multi_year_until == "2025-2026"
    assert story.says(imported) == ()
    assert refused(story, dossier_id=OTHER_DOSSIER) == ["COM-05"]
