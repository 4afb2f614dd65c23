"""Accounts and bilans, the corrections of the spring, and the controls of the year after."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from services.cli.demo import phases
from shared.examples import payments
from tests.tools.campaign import roster
from tests.tools.campaign.committee import granted_collectifs
from tests.tools.campaign.dossiers import Dossier, Json
from tests.tools.campaign.events import event, with_author
from tests.tools.campaign.rng import SeededRandom

CENT = Decimal("0.01")
MEASURES = ("Recalcul du droit", "Rappel de la tenue des émargements")


def corrections(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield the reversal of a wrong advance, and the cancellation of a right."""
    for dossier in map(roster.with_mistakes, dossiers):
        if dossier.number == roster.REVERSED:
            data = payments.reversal(dossier.data) | {
                "reversal_id": f"EXT-2026-{dossier.number:03}",
                "order_id": f"ACO-2026-{dossier.number:03}-1",
                "ordered_on": "2026-03-20",
                "motive": "Montant saisi deux fois trop grand.",
            }
            data = with_author(data, "Service des prestations collectives")
            yield event(
                phases.CORRECTIONS, "AdvanceReversalOrdered", "2026-03-20T10:00:00+01:00", data
            )
        if dossier.number == roster.CANCELLED:
            data = payments.cancellation(dossier.data) | {
                "ordered_on": "2026-04-21",
                "legal_ground": "Code des relations entre le public et l'administration, L. 242-2",
                "motive": "Liquidation judiciaire du gestionnaire : aucun compte ne sera produit.",
            }
            data = with_author(data, "Direction de l'action sociale")
            yield event(
                phases.CORRECTIONS, "FundingCancellationOrdered", "2026-04-21T10:00:00+02:00", data
            )


def accounts(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield the accounts of September 2026; some without a part of the bilan."""
    for dossier in map(roster.with_mistakes, dossiers):
        if roster.granted(dossier.number) and dossier.number not in roster.ACCOUNTS_NEVER:
            whole = dossier.number not in roster.BILAN_INCOMPLETE
            yield _result_account(
                phases.ACCOUNTS, dossier, f"2026-09-{dossier.number % 27 + 1:02}", whole
            )


def accounts_completed(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield the accounts whose bilan was completed."""
    for dossier in map(roster.with_mistakes, dossiers):
        if dossier.number in roster.BILAN_COMPLETED:
            yield _result_account(phases.ACCOUNTS_COMPLETED, dossier, "2026-10-15", whole=True)


def controls(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield the controls of 2027; one is concluded before the end of the contradictory period."""
    for dossier in map(roster.with_mistakes, dossiers):
        if dossier.number in roster.CONTROLLED:
            early = dossier.number == roster.DECIDED_TOO_EARLY
            yield _control(phases.CONTROLS, dossier, "2027-03-20" if early else "2027-04-20")


def controls_again(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield the control concluded again, after the contradictory period."""
    for dossier in map(roster.with_mistakes, dossiers):
        if dossier.number == roster.DECIDED_TOO_EARLY:
            yield _control(phases.CONTROLS_AGAIN, dossier, "2027-05-04")


def _result_account(phase: phases.Phase, dossier: Dossier, day: str, whole: bool) -> Json:
    data = payments.accounts(dossier.data) | {
        "filed_on": day,
        "report": {"qualitative": True, "quantitative": True, "financial": whole},
        **_accounts(dossier, percent=100),
    }
    return event(phase, "ResultAccountFiled", f"{day}T15:00:00+02:00", data)


def _control(phase: phases.Phase, dossier: Dossier, day: str) -> Json:
    data = payments.control(dossier.data) | {
        "control_id": f"CTL-2027-{dossier.number:03}",
        "observations_sent_on": "2027-03-15",
        "answered_on": None,
        "decided_on": day,
        **_accounts(dossier, percent=roster.CONTROLLED[dossier.number]),
        "measures": list(MEASURES),
    }
    return event(phase, "ControlConcluded", f"{day}T11:00:00+02:00", data)


def _accounts(dossier: Dossier, percent: int) -> Json:
    """Return the accounts: each cost is `percent` of the amount spent."""
    collectifs = [
        _collectif(dossier, rank, collectif, percent)
        for rank, collectif in enumerate(granted_collectifs(dossier), 1)
    ]
    forecast = dossier.data["budget"]
    factor = Decimal(_spent(dossier)) * percent / 10_000
    total = (Decimal(forecast["total_annual_cost"]) * factor).quantize(CENT, ROUND_HALF_UP)
    budget = {"total_annual_cost": str(total), "resources": forecast["resources"]}
    return {"collectifs": collectifs, "budget": budget}


def _collectif(dossier: Dossier, rank: int, collectif: Json, percent: int) -> Json:
    ran = not (dossier.number in roster.DID_NOT_RUN and rank == 1)
    cost = Decimal(collectif["forecast_cost"]) * _spent(dossier) * percent / 10_000
    kinds = ("enfants", "parents")
    done = [k for k in kinds if SeededRandom("bonus done", dossier.number, rank, k).chance(92)]
    return {
        "collectif_id": collectif["collectif_id"],
        "ran": ran,
        "actual_cost": str(cost.quantize(CENT, ROUND_HALF_UP)) if ran else "0.00",
        "bonus_done": done if ran else [],
    }


def _spent(dossier: Dossier) -> int:
    """Return the amount spent, in per cent of the forecast."""
    return SeededRandom("spent", dossier.number).between(82, 108)
