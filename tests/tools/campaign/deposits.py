"""The opening of the campaign, the deposits of the gestionnaires, and their complements."""

from collections.abc import Iterator, Sequence

from services.cli.demo import phases
from shared.examples import decisions
from shared.examples import dossier as catalogue
from tests.tools.campaign import roster
from tests.tools.campaign.dossiers import PRIORITIES, Dossier, Json, dossier_id
from tests.tools.campaign.events import event

EARLIER_YEAR = "2024-2025"
EARLIER_UNTIL = "2026-2027"


def opening(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield both campaigns and the interim reports received in time."""
    yield _campaign(2024, "2024-06-14")
    yield _campaign(2025, "2025-06-13")
    for gestionnaire in dict.fromkeys(dossier.gestionnaire for dossier in dossiers):
        if gestionnaire.supported_since and not roster.owes_a_report(gestionnaire):
            yield _report(phases.OPENING, gestionnaire.siret, "2025-06-30")


def earlier(covered: Dossier) -> Iterator[Json]:
    """Yield the dossier of 2024-2025 whose agrement covers several years."""
    data = covered.data | {
        "dossier_id": dossier_id(1, 2024),
        "school_year": EARLIER_YEAR,
        "form": {"id": "clas-national", "version": "2024"},
        "deposited_at": "2024-07-02T10:15:00+02:00",
        "signed_at": "2024-07-02T10:15:00+02:00",
        "previous_clas": False,
        "renews": None,
        "gestionnaire": covered.data["gestionnaire"] | {"supported_since": "2020-2021"},
        "multi_year": {"until": EARLIER_UNTIL},
        "collectifs": [_a_year_earlier(each) for each in covered.data["collectifs"]],
        "bonus_requests": [],
    }
    yield event(phases.EARLIER, "DossierSubmitted", "2024-07-02T10:15:00+02:00", data)


def _a_year_earlier(collectif: Json) -> Json:
    """Return a collectif that began on 4 November 2024, after the autumn holidays."""
    return collectif | {"starts_on": "2024-11-04", "ends_on": "2025-06-13"}


def deposits(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield all dossiers as they are filed, mistakes included."""
    for dossier in map(roster.with_mistakes, dossiers):
        data = dossier.data
        time = data["signed_at"] or data["deposited_at"]
        yield event(phases.DEPOSITS, "DossierSubmitted", time, data)


def complements(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield the complements, a correction, a duplicate, and the late interim report."""
    by_number = {dossier.number: dossier for dossier in dossiers}
    for rank, number in enumerate(roster.COMPLETED):
        time = f"2025-09-{10 + rank}T14:05:00+02:00"
        data = by_number[number].data | {"revision": 2, "signed_at": time}
        yield event(phases.COMPLEMENTS, "DossierSubmitted", time, data)
    for number in (roster.CORRECTED, roster.DUPLICATE):
        data = roster.with_mistakes(by_number[number]).data | {
            "gestionnaire": by_number[number].data["gestionnaire"]
        }
        yield event(phases.COMPLEMENTS, "DossierSubmitted", "2025-09-01T09:00:00+02:00", data)
    late_report = by_number[roster.HELD_AND_FREED[0]].gestionnaire
    yield _report(phases.COMPLEMENTS, late_report.siret, "2025-09-12")


def _campaign(year: int, opens: str) -> Json:
    changes = {"opens_on": opens, "priorities": list(PRIORITIES)}
    data = decisions.campaign(catalogue.dossier(year)) | changes
    return event(phases.OPENING, "CampaignOpened", f"{opens}T08:00:00+02:00", data)


def _report(phase: phases.Phase, siret: str, day: str) -> Json:
    changes = {"siret": siret, "received_on": day}
    data = decisions.interim_report(catalogue.dossier()) | changes
    return event(phase, "InterimReportReceived", f"{day}T12:00:00+02:00", data)
