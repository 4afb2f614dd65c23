"""What is remembered of agrements, and what release 0.3.0 left out [REC-11]."""

import pytest

from services.submission.domain.states import Agrement, GestionnaireAgrements
from services.submission.service import SERVICE
from shared.contracts.submission import DossierReceived
from tests.support.decide import Story, only_event
from tests.support.samples import SIRET, agrement, dossier, interim_report
from tests.unit.submission.builders import campaign_open, rules

OLD = "ELAN-2023-761-000009"


def test_an_agrement_is_remembered_once_and_nothing_is_said() -> None:
    story = campaign_open()

    first = story.when(agrement(dossier_id=OLD, multi_year_until="2027-2028"))
    again = story.when(agrement(dossier_id=OLD))

    assert first.events == ()
    assert (again.states, again.events) == ((), ())
    assert story.get(Agrement, OLD) == Agrement(
        dossier_id=OLD,
        caf="761",
        siret=SIRET,
        first="2025-2026",
        last="2027-2028",
        school_level="elementaire",
        communes=("76540",),
    )
    assert story.get(GestionnaireAgrements, f"761|{SIRET}").agrements == (OLD,)


@pytest.mark.parametrize("order", [1, -1])
def test_the_agrements_of_a_gestionnaire_are_listed_in_one_order(order: int) -> None:
    story = Story(SERVICE)
    for dossier_id in ("B", "A")[::order]:
        story.when(agrement(dossier_id=dossier_id))

    assert story.get(GestionnaireAgrements, f"761|{SIRET}").agrements == ("A", "B")


def test_an_agrement_that_release_0_3_0_stored_is_completed_by_its_event() -> None:
    stored = Agrement(dossier_id=OLD, caf="761", siret=SIRET, first="2023-2024", last="2025-2026")
    story = Story(SERVICE, stored, *campaign_open().states)
    story.when(interim_report())
    only_event(story.when(dossier(dossier_id="before")), DossierReceived)

    granted = agrement(dossier_id=OLD, school_year="2023-2024", multi_year_until="2025-2026")
    assert story.says(granted) == ()

    assert story.get(Agrement, OLD).communes == ("76540",)
    assert rules(story.says(dossier(dossier_id="after"))) == ["REC-11"]
    assert story.when(granted).states == ()
