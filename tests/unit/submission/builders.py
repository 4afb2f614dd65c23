"""What submission's tests start from."""

from collections.abc import Sequence

from services.submission.domain.states import Dossier, InterimReport
from services.submission.service import SERVICE
from shared.contracts.base import WireModel
from shared.contracts.elan import DossierSubmitted
from shared.contracts.submission import (
    CampaignReleaseContinued,
    ComplementsRequested,
    DossierRejected,
)
from tests.support.decide import Story
from tests.support.samples import DOSSIER, SIRET, campaign, dossier

REPORT = f"761|{SIRET}|2024-2025"


def campaign_open() -> Story:
    """The campaign of Seine-Maritime for 2025-2026 is known, and nothing else."""
    story = Story(SERVICE)
    story.when(campaign())
    return story


def incomplete(**changes: object) -> DossierSubmitted:
    """Return a dossier that does not describe its actions with parents [REC-15]."""
    return dossier(project__descriptions__parents="", **changes)


def to_complete() -> Story:
    """Revision 1 lacks a description."""
    story = campaign_open()
    story.when(incomplete())
    return story


def rules(events: Sequence[WireModel]) -> list[str]:
    """Return the rules of the only event, which must carry grounds."""
    (event,) = events
    assert isinstance(event, DossierRejected | ComplementsRequested)
    return [ground.rule for ground in event.grounds]


def dossier_state(story: Story, dossier_id: str = DOSSIER) -> Dossier:
    return story.get(Dossier, dossier_id)


def freed_by_campaign(story: Story) -> tuple[WireModel, ...]:
    """Open the campaign of Seine-Maritime, and return the events of the first page it frees."""
    release = story.says(campaign())[-1]
    return tuple(
        event for event in story.says(release) if not isinstance(event, CampaignReleaseContinued)
    )


def waiting(story: Story) -> tuple[str, ...]:
    """Return the dossiers that wait for the report on 2024-2025."""
    report = story.find(InterimReport, REPORT)
    return report.waiting if report else ()
