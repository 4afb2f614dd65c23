"""What opens the campaign, and what gestionnaires file, once and again."""

from collections.abc import Iterator, Sequence

from services.cli.demo import phases
from tests.tools.campaign import roster as cast
from tests.tools.campaign.dossiers import CAF, PRIORITIES, SCHOOL_YEAR, Filed, Json, dossier_id
from tests.tools.campaign.events import event

COMMITTEE = ["CAF", "EN", "DDETS"]
EARLIER_YEAR = "2024-2025"
EARLIER_UNTIL = "2026-2027"


def opening(dossiers: Sequence[Filed]) -> Iterator[Json]:
    """Yield the campaign, that of the year before, and the interim reports sent in time."""
    yield _campaign(EARLIER_YEAR, "2024-06-14", "2024-08-31", "2024", EARLIER_UNTIL)
    yield _campaign(SCHOOL_YEAR, "2025-06-13", "2025-08-31", "2025", "2027-2028")
    for body in dict.fromkeys(dossier.body for dossier in dossiers):
        if body.supported_since and not cast.owes_a_report(body):
            yield _report(phases.OPENING, body.siret, "2025-06-30")


def earlier(covered: Filed) -> Iterator[Json]:
    """Yield the dossier of 2024-2025 whose agrement runs on."""
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
        "bonus_requests": [],
    }
    yield event(phases.EARLIER, "DossierSubmitted", "2024-07-02T10:15:00+02:00", data)


def deposits(dossiers: Sequence[Filed]) -> Iterator[Json]:
    """Yield all dossiers as they are filed, mistakes included."""
    for dossier in map(cast.filed, dossiers):
        data = dossier.data
        time = data["signed_at"] or data["deposited_at"]
        yield event(phases.DEPOSITS, "DossierSubmitted", time, data)


def complements(dossiers: Sequence[Filed]) -> Iterator[Json]:
    """Yield what follows: complements, a correction, a double, and the report that was late."""
    by_number = {dossier.number: dossier for dossier in dossiers}
    for rank, number in enumerate(cast.COMPLETED):
        time = f"2025-09-{10 + rank}T14:05:00+02:00"
        data = by_number[number].data | {"revision": 2, "signed_at": time}
        yield event(phases.COMPLEMENTS, "DossierSubmitted", time, data)
    for number in (cast.CORRECTED, cast.DUPLICATE):
        data = cast.filed(by_number[number]).data | {
            "gestionnaire": by_number[number].data["gestionnaire"]
        }
        yield event(phases.COMPLEMENTS, "DossierSubmitted", "2025-09-01T09:00:00+02:00", data)
    late = by_number[cast.HELD_AND_FREED[0]].body
    yield _report(phases.COMPLEMENTS, late.siret, "2025-09-12")


def _campaign(year: str, opens: str, closes: str, version: str, until: str) -> Json:
    data = {
        "caf": CAF,
        "school_year": year,
        "opens_on": opens,
        "closes_on": closes,
        "form_version": version,
        "multi_year_until": until,
        "symbolic_fee_ceiling": "30.00",
        "priorities": list(PRIORITIES),
        "committee": COMMITTEE,
    }
    return event(phases.OPENING, "CampaignOpened", f"{opens}T08:00:00+02:00", data)


def _report(phase: phases.Phase, siret: str, day: str) -> Json:
    data = {"caf": CAF, "siret": siret, "school_year": EARLIER_YEAR, "received_on": day}
    return event(phase, "InterimReportReceived", f"{day}T12:00:00+02:00", data)
