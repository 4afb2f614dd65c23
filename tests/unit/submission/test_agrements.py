"""An agrement already covers the school year [REC-11]."""

from typing import Any

import pytest

from services.submission.domain.states import Agrement
from services.submission.service import SERVICE
from shared.contracts.base import WireModel
from shared.contracts.eligibility import AgrementAmended, AgrementRegistered
from shared.contracts.submission import DossierReceived, DossierRejected
from tests.support.decide import Story, only_event
from tests.support.life import agrement_imported, amendment_decided
from tests.support.samples import SIRET, agrement, campaign, dossier
from tests.unit.submission.builders import campaign_open, rules

OLD = "ELAN-2023-761-000009"


def granted(first: str, last: str) -> Story:
    story = campaign_open()
    story.when(agrement(dossier_id=OLD, school_year=first, multi_year_until=last))
    return story


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2023-2024", "2025-2026"),
        ("2024-2025", "2026-2027"),
        ("2025-2026", "2025-2026"),
        ("2025-2026", "2027-2028"),
    ],
)
def test_a_dossier_for_a_covered_year_is_rejected(first: str, last: str) -> None:
    story = granted(first, last)

    rejected = only_event(story.when(dossier(renews=OLD)), DossierRejected)

    (ground,) = rejected.grounds
    assert (ground.rule, ground.observed) == ("REC-11", f"{OLD} : {first} à {last}")
    assert f"de {first} à {last}, couvre déjà l'année scolaire 2025-2026" in ground.message


@pytest.mark.parametrize(
    ("first", "last"), [("2022-2023", "2024-2025"), ("2026-2027", "2028-2029")]
)
def test_an_agrement_that_ended_or_starts_later_does_not_cover(first: str, last: str) -> None:
    only_event(granted(first, last).when(dossier(renews=OLD)), DossierReceived)


def test_only_the_dossier_that_is_named_counts() -> None:
    story = granted("2023-2024", "2025-2026")

    only_event(story.when(dossier(dossier_id="D1", renews=None)), DossierReceived)
    only_event(story.when(dossier(dossier_id="D2", renews="UNKNOWN")), DossierReceived)


def test_an_agrement_that_comes_later_takes_nothing_back() -> None:
    story = campaign_open()
    only_event(story.when(dossier(renews=OLD)), DossierReceived)

    later = story.when(agrement(dossier_id=OLD))

    assert later.events == ()
    assert story.says(dossier(renews=OLD)) == ()
    assert rules(story.says(dossier(renews=OLD, dossier_id="D2"))) == ["REC-11"]


def test_an_agrement_is_remembered_once_and_nothing_is_said() -> None:
    story = campaign_open()

    first = story.when(agrement(dossier_id=OLD, multi_year_until="2027-2028"))
    again = story.when(agrement(dossier_id=OLD))

    assert first.events == ()
    assert (again.states, again.events) == ((), ())
    assert story.get(Agrement, OLD) == Agrement(
        dossier_id=OLD, caf="761", siret=SIRET, first="2025-2026", last="2027-2028"
    )


def imported(**changes: object) -> AgrementRegistered:
    """The event of eligibility for an imported agrement of 2024 to 2027."""
    return AgrementRegistered(**dict(agrement_imported(dossier_id=OLD, **changes)))


def amended(first: str, **changes: Any) -> AgrementAmended:
    """The event of eligibility for an agrement withdrawn from a school year on."""
    decided = amendment_decided(dossier_id=OLD, from_school_year=first, **changes)
    return AgrementAmended(**dict(decided), multi_year_until=None)


def judged_for(year: str, *before: WireModel) -> type[WireModel]:
    """Return what becomes of a dossier for this year that renews the old one, after these."""
    story = Story(SERVICE)
    story.when(campaign(school_year=year))
    for event in before:
        assert story.says(event) == ()
    (events,) = story.says(dossier(school_year=year, renews=OLD))
    return type(events)


def test_an_imported_agrement_covers_its_years_too() -> None:
    assert judged_for("2024-2025", imported()) is DossierRejected
    assert judged_for("2026-2027", imported()) is DossierRejected
    assert judged_for("2027-2028", imported()) is DossierReceived


@pytest.mark.parametrize("order", [1, -1])
def test_a_withdrawn_agrement_covers_the_years_before_only_in_any_order(order: int) -> None:
    amendments = (imported(), amended("2025-2026"))[::order]

    assert judged_for("2024-2025", *amendments) is DossierRejected
    assert judged_for("2025-2026", *amendments) is DossierReceived
    assert judged_for("2026-2027", *amendments) is DossierReceived


def test_an_agrement_withdrawn_from_its_first_year_covers_nothing() -> None:
    assert judged_for("2024-2025", imported(), amended("2024-2025")) is DossierReceived


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_withdrawals_the_earlier_year_counts(order: int) -> None:
    ends = (amended("2026-2027"), amended("2025-2026", amendment_id="AVN-2"))[::order]

    assert judged_for("2025-2026", imported(), *ends) is DossierReceived
    assert judged_for("2024-2025", imported(), *ends) is DossierRejected


def test_a_reduced_agrement_still_covers_its_years() -> None:
    reduced = amended("2024-2025", effect="reduced", collectifs=["C1"])

    assert judged_for("2025-2026", imported(), reduced) is DossierRejected


def test_the_ground_names_what_is_left_of_a_withdrawn_agrement() -> None:
    story = granted("2024-2025", "2027-2028")
    story.when(amended("2026-2027"))

    (ground,) = only_event(story.when(dossier(renews=OLD)), DossierRejected).grounds

    assert ground.observed == f"{OLD} : 2024-2025 à 2025-2026"
