"""What submission answered."""

from services.cli.dossier.entries import Told, reasons, told
from shared.contracts.submission import (
    CampaignRegistered,
    ComplementsRequested,
    DossierHeld,
    DossierReceived,
    DossierRejected,
    InterimReportRegistered,
)
from shared.french import euros, listed, long_date


def campaign_registered(data: CampaignRegistered) -> Told:
    """Tell that the campaign is known."""
    return told(f"Appel à projets {data.school_year} de la Caf {data.caf} enregistré")


def interim_report_registered(data: InterimReportRegistered) -> Told:
    """Tell that the report is known."""
    return told(f"Bilan intermédiaire {data.school_year} du gestionnaire {data.siret} enregistré")


def dossier_held(data: DossierHeld) -> Told:
    """Tell that it waits, and for what."""
    return told("Dossier en attente", f"Il attend : {data.waits_for}.")


def dossier_received(data: DossierReceived) -> Told:
    """Tell that it is receivable."""
    terms = data.campaign
    ceiling = terms.symbolic_fee_ceiling
    fee = "" if ceiling is None else f", participation symbolique jusqu’à {euros(ceiling)}"
    return told(
        f"Dossier recevable, révision {data.revision}",
        f"Aucun motif de rejet. Date de dépôt retenue : {long_date(data.deposited_on)} [REC-07].",
        (
            f"Il est jugé selon l’appel à projets : priorités {listed(terms.priorities)},"
            f" commission {listed(terms.committee)}{fee}."
        ),
    )


def dossier_rejected(data: DossierRejected) -> Told:
    """Tell that it is not receivable, with every ground."""
    return told(f"Dossier rejeté, révision {data.revision}", *reasons(data.grounds))


def complements_requested(data: ComplementsRequested) -> Told:
    """Tell that it can be completed, with everything that is missing."""
    return told(
        f"Compléments demandés sur la révision {data.revision}",
        *reasons(data.grounds),
        (
            "Une révision suivante peut être déposée, même après la date limite :"
            " la date de dépôt reste celle de la première."
        ),
    )
