"""What submission answered."""

from services.cli.dossier.entries import Sentences, reasons, sentences
from shared.contracts.submission import (
    CampaignRegistered,
    ComplementsRequested,
    DossierHeld,
    DossierReceived,
    DossierRejected,
    InterimReportRegistered,
)
from shared.french import euros, listed, long_date


def campaign_registered(data: CampaignRegistered) -> Sentences:
    """Tell that the campaign is known."""
    return sentences(f"Appel à projets {data.school_year} de la Caf {data.caf} enregistré")


def interim_report_registered(data: InterimReportRegistered) -> Sentences:
    """Tell that the report is known."""
    return sentences(
        f"Bilan intermédiaire {data.school_year} du gestionnaire {data.siret} enregistré"
    )


def dossier_held(data: DossierHeld) -> Sentences:
    """Tell that it waits, and for what."""
    return sentences("Dossier en attente", f"Il attend : {data.waits_for}.")


def dossier_received(data: DossierReceived) -> Sentences:
    """Tell that it is receivable."""
    terms = data.campaign
    ceiling = terms.symbolic_fee_ceiling
    fee = "" if ceiling is None else f", participation symbolique jusqu’à {euros(ceiling)}"
    return sentences(
        f"Dossier recevable, révision {data.revision}",
        f"Aucun motif de rejet. Date de dépôt retenue : {long_date(data.deposited_on)} [REC-07].",
        (
            f"Il est jugé selon l’appel à projets : priorités {listed(terms.priorities)},"
            f" commission {listed(terms.committee)}{fee}."
        ),
    )


def dossier_rejected(data: DossierRejected) -> Sentences:
    """Tell that it is not receivable, with every ground."""
    return sentences(f"Dossier rejeté, révision {data.revision}", *reasons(data.grounds))


def complements_requested(data: ComplementsRequested) -> Sentences:
    """Tell that it can be completed, with everything that is missing."""
    return sentences(
        f"Compléments demandés sur la révision {data.revision}",
        *reasons(data.grounds),
        (
            "Une révision suivante peut être déposée, même après la date limite :"
            " la date de dépôt reste celle de la première."
        ),
    )
