"""An agrement older than the system is imported [COM-10, COM-04, AGR-01]."""

import pytest

from services.eligibility.domain.states import Agrement
from services.eligibility.service import SERVICE
from shared.contracts.base import WireModel
from shared.contracts.common import RequestRefused
from shared.contracts.corrections import AgrementImported
from shared.contracts.eligibility import AgrementRegistered, CommitteeDecisionRejected
from tests.support.decide import Story, only_event
from tests.support.life import agrement_imported
from tests.support.samples import DOSSIER, committee_decision, dossier_received
from tests.unit.eligibility.builders import Committee


def messages_of(events: tuple[WireModel, ...]) -> list[str]:
    """Return the rules of a refusal, which must be the only answer."""
    (event,) = events
    assert isinstance(event, RequestRefused), event
    assert event.event_type == "fr.caf.clas.AgrementImported.v1"
    assert event.caf == "761"
    return [reason.rule for reason in event.reasons]


def sentences(story: Story, imported: AgrementImported) -> list[str]:
    """Return the messages of a refusal, which its steps repeat."""
    decision = story.when(imported)
    reasons = only_event(decision, RequestRefused).reasons
    messages = [reason.message for reason in reasons]
    assert [step.message for step in decision.findings if step.outcome == "breach"] == messages
    return messages


def test_an_imported_agrement_is_registered_as_it_stands() -> None:
    story = Story(SERVICE)
    imported = agrement_imported()

    decision = story.when(imported)

    registered = only_event(decision, AgrementRegistered)
    assert dict(registered) == dict(imported)
    assert registered.reference == "Registre papier 2024, n° 12"
    assert [(step.rule, step.outcome) for step in decision.findings] == [
        ("TEC-01", "ok"),
        ("COM-10", "ok"),
        ("COM-04", "ok"),
        ("AGR-01", "ok"),
    ]
    agrement = story.get(Agrement, DOSSIER)
    assert (agrement.school_year, agrement.until) == ("2024-2025", "2026-2027")
    assert agrement.remaining == ("C1",)


def test_it_is_imported_once() -> None:
    story = Story(SERVICE)
    story.when(agrement_imported())

    assert story.says(agrement_imported()) == ()
    other = agrement_imported(reference="Autre registre")
    assert messages_of(story.says(other)) == ["TEC-01"]
    assert sentences(story, other) == [
        (
            f"L'agrément du dossier {DOSSIER} a déjà été repris avec un autre contenu ;"
            " une décision de modification peut le réduire ou le retirer."
        )
    ]


def test_a_dossier_that_is_assessed_here_is_not_imported() -> None:
    assert messages_of(Committee().says(agrement_imported())) == ["COM-10"]
    granted = Committee()
    granted.decides()
    assert messages_of(granted.says(agrement_imported(collectifs=[]))) == ["COM-10"]
    assert sentences(granted, agrement_imported()) == [
        (
            f"Le dossier {DOSSIER} est instruit dans ce système :"
            " son agrément ne peut pas être repris d'ailleurs."
        )
    ]


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({"collectifs": []}, ["COM-04"]),
        ({"multi_year_until": "2023-2024"}, ["AGR-01"]),
        ({"collectifs": [], "multi_year_until": "2023-2024"}, ["COM-04", "AGR-01"]),
    ],
)
def test_an_agrement_has_collectifs_and_covers_its_own_year(
    fields: dict[str, object], rules: list[str]
) -> None:
    story = Story(SERVICE)

    assert messages_of(story.says(agrement_imported(**fields), id="i1")) == rules
    messages = {
        "COM-04": "L'agrément à reprendre ne comporte aucun collectif.",
        "AGR-01": "L'agrément à reprendre finirait en 2023-2024, avant sa première année scolaire"
        " 2024-2025.",
    }
    assert sentences(story, agrement_imported(**fields)) == [messages[rule] for rule in rules]
    only_event(story.when(agrement_imported()), AgrementRegistered)


def test_an_agrement_of_one_year_may_be_imported() -> None:
    only_event(
        Story(SERVICE).when(agrement_imported(multi_year_until="2024-2025")), AgrementRegistered
    )


def test_the_committee_does_not_grant_what_was_imported() -> None:
    """The import and the dossier may be handled by two replicas at once: both stand then."""
    story = Story(SERVICE)
    story.when(agrement_imported())
    story.when(dossier_received())

    (rejected,) = story.says(committee_decision())

    assert isinstance(rejected, CommitteeDecisionRejected)
    (reason,) = rejected.reasons
    assert (reason.rule, "repris d'avant ce système" in reason.message) == ("COM-10", True)
