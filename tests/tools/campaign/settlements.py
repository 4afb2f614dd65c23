"""Accounts and bilans, the corrections of the spring, and the controls of the year after."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from services.cli.demo import phases
from tests.tools.campaign import roster as cast
from tests.tools.campaign.committee import granted_groups
from tests.tools.campaign.dossiers import CAF, SCHOOL_YEAR, Filed, Json
from tests.tools.campaign.events import event
from tests.tools.campaign.rng import Dice

CENT = Decimal("0.01")
MEASURES = ("Recalcul du droit", "Rappel de la tenue des émargements")


def corrections(dossiers: Sequence[Filed]) -> Iterator[Json]:
    """Yield the reversal of an advance that was ordered wrongly, and a right cancelled."""
    for dossier in map(cast.filed, dossiers):
        if dossier.number == cast.REVERSED:
            data = _about(dossier) | {
                "reversal_id": f"EXT-2026-{dossier.number:03}",
                "order_id": f"ACO-2026-{dossier.number:03}-1",
                "ordered_on": "2026-03-20",
                "ordered_by": "Service des prestations collectives",
                "motive": "Montant saisi deux fois trop grand.",
            }
            yield event(
                phases.CORRECTIONS, "AdvanceReversalOrdered", "2026-03-20T10:00:00+01:00", data
            )
        if dossier.number == cast.CANCELLED:
            data = _about(dossier) | {
                "ordered_on": "2026-04-21",
                "ordered_by": "Direction de l'action sociale",
                "legal_ground": "Code des relations entre le public et l'administration, L. 242-2",
                "motive": "Liquidation judiciaire du gestionnaire : aucun compte ne sera produit.",
            }
            yield event(
                phases.CORRECTIONS, "FundingCancellationOrdered", "2026-04-21T10:00:00+02:00", data
            )


def accounts(dossiers: Sequence[Filed]) -> Iterator[Json]:
    """Yield the accounts of September 2026; some lack a part of the bilan."""
    for dossier in map(cast.filed, dossiers):
        if cast.granted(dossier.number) and dossier.number not in cast.ACCOUNTS_NEVER:
            whole = dossier.number not in cast.BILAN_INCOMPLETE
            yield _filed(phases.ACCOUNTS, dossier, f"2026-09-{dossier.number % 27 + 1:02}", whole)


def accounts_completed(dossiers: Sequence[Filed]) -> Iterator[Json]:
    """Yield the accounts whose bilan was completed."""
    for dossier in map(cast.filed, dossiers):
        if dossier.number in cast.BILAN_COMPLETED:
            yield _filed(phases.ACCOUNTS_COMPLETED, dossier, "2026-10-15", whole=True)


def controls(dossiers: Sequence[Filed]) -> Iterator[Json]:
    """Yield the controls of 2027; one forgets the contradictory period."""
    for dossier in map(cast.filed, dossiers):
        if dossier.number in cast.CONTROLLED:
            early = dossier.number == cast.DECIDED_TOO_EARLY
            yield _controlled(phases.CONTROLS, dossier, "2027-03-20" if early else "2027-04-20")


def controls_again(dossiers: Sequence[Filed]) -> Iterator[Json]:
    """Yield the control that is concluded once the gestionnaire had its time."""
    for dossier in map(cast.filed, dossiers):
        if dossier.number == cast.DECIDED_TOO_EARLY:
            yield _controlled(phases.CONTROLS_AGAIN, dossier, "2027-05-04")


def _filed(phase: phases.Phase, dossier: Filed, day: str, whole: bool) -> Json:
    data = _about(dossier) | {
        "filed_on": day,
        "report": {"qualitative": True, "quantitative": True, "financial": whole},
        **_accounts(dossier, percent=100),
    }
    return event(phase, "ResultAccountFiled", f"{day}T15:00:00+02:00", data)


def _controlled(phase: phases.Phase, dossier: Filed, day: str) -> Json:
    data = _about(dossier) | {
        "control_id": f"CTL-2027-{dossier.number:03}",
        "observations_sent_on": "2027-03-15",
        "answered_on": None,
        "decided_on": day,
        **_accounts(dossier, percent=cast.CONTROLLED[dossier.number]),
        "measures": list(MEASURES),
    }
    return event(phase, "ControlConcluded", f"{day}T11:00:00+02:00", data)


def _about(dossier: Filed) -> Json:
    return {"caf": CAF, "dossier_id": dossier.dossier_id, "school_year": SCHOOL_YEAR}


def _accounts(dossier: Filed, percent: int) -> Json:
    """Return the accounts, every cost of a group so many hundredths of what was spent."""
    groups = [
        _group(dossier, rank, group, percent)
        for rank, group in enumerate(granted_groups(dossier), 1)
    ]
    forecast = dossier.data["budget"]
    factor = Decimal(_spent(dossier)) * percent / 10_000
    total = (Decimal(forecast["total_annual_cost"]) * factor).quantize(CENT, ROUND_HALF_UP)
    budget = {"total_annual_cost": str(total), "resources": forecast["resources"]}
    return {"collectifs": groups, "budget": budget}


def _group(dossier: Filed, rank: int, group: Json, percent: int) -> Json:
    ran = not (dossier.number in cast.DID_NOT_RUN and rank == 1)
    cost = Decimal(group["forecast_cost"]) * _spent(dossier) * percent / 10_000
    kinds = ("enfants", "parents")
    done = [k for k in kinds if Dice("bonus done", dossier.number, rank, k).chance(92)]
    return {
        "collectif_id": group["collectif_id"],
        "ran": ran,
        "actual_cost": str(cost.quantize(CENT, ROUND_HALF_UP)) if ran else "0.00",
        "bonus_done": done if ran else [],
    }


def _spent(dossier: Filed) -> int:
    """Return what was spent, in hundredths of the forecast."""
    return Dice("spent", dossier.number).between(82, 108)
