"""An agrement already covers the school year [REC-11]."""

import pytest

from services.submission.domain.states import Agrement
from shared.contracts.submission import DossierReceived, DossierRejected
from tests.support.decide import Story, said_only
from tests.support.samples import SIRET, agrement, dossier
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

    rejected = said_only(story.when(dossier(renews=OLD)), DossierRejected)

    (ground,) = rejected.grounds
    assert (ground.rule, ground.observed) == ("REC-11", f"{OLD} : {first} à {last}")
    assert f"de {first} à {last}, couvre déjà l'année scolaire 2025-2026" in ground.message


@pytest.mark.parametrize(
    ("first", "last"), [("2022-2023", "2024-2025"), ("2026-2027", "2028-2029")]
)
def test_an_agrement_that_ended_or_starts_later_does_not_cover(first: str, last: str) -> None:
    said_only(granted(first, last).when(dossier(renews=OLD)), DossierReceived)


def test_only_the_dossier_that_is_named_counts() -> None:
    story = granted("2023-2024", "2025-2026")

    said_only(story.when(dossier(dossier_id="D1", renews=None)), DossierReceived)
    said_only(story.when(dossier(dossier_id="D2", renews="UNKNOWN")), DossierReceived)


def test_an_agrement_that_comes_later_takes_nothing_back() -> None:
    story = campaign_open()
    said_only(story.when(dossier(renews=OLD)), DossierReceived)

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
