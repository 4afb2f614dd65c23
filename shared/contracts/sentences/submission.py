"""Sentences of the events of submission."""

from shared.contracts.labels import AWAITED
from shared.contracts.sentences.text import (
    Builders,
    Sentences,
    motive_lines,
    reason_lines,
    sentences,
)
from shared.contracts.submission import (
    CampaignRegistered,
    CampaignReleaseContinued,
    ComplementsRequested,
    DossierHeld,
    DossierReceived,
    DossierRejected,
    DossierWithdrawn,
    InterimReportRegistered,
    WithdrawalForwarded,
    WithdrawalRefused,
)
from shared.french import euros, listed, long_date


def campaign_registered(data: CampaignRegistered) -> Sentences:
    """State that the campaign is registered, and the window that counts."""
    lines = []
    if data.superseded:
        lines.append("Un appel à projets plus récent compte : celui-ci ne change rien.")
    if data.opens_on and data.closes_on:  # Release 0.3.0 did not answer with them.
        window = f"du {long_date(data.opens_on)} au {long_date(data.closes_on)} inclus"
        lines.append(f"Dépôts {window}, formulaire version {data.form_version}.")
    return sentences(f"Appel à projets {data.school_year} de la Caf {data.caf} enregistré", *lines)


def campaign_release_continued(data: CampaignReleaseContinued) -> Sentences:
    """State that the dossiers that waited for their call for projects are judged [REC-20]."""
    return sentences(
        f"Appel à projets {data.school_year} de la Caf {data.caf} connu : les dossiers qui"
        " l’attendaient sont examinés [REC-20]"
    )


def interim_report_registered(data: InterimReportRegistered) -> Sentences:
    """State that the interim report is registered."""
    return sentences(
        f"Bilan intermédiaire {data.school_year} du gestionnaire {data.siret} enregistré"
    )


def dossier_held(data: DossierHeld) -> Sentences:
    """State that the dossier waits, for what, and how the wait ends."""
    return sentences(
        f"Dossier en attente, révision {data.revision}",
        f"Il attend : {AWAITED[data.waits_for]}.",
        *reason_lines(data.reasons),
    )


def dossier_received(data: DossierReceived) -> Sentences:
    """State that the dossier is receivable."""
    terms = data.campaign
    ceiling = terms.symbolic_fee_ceiling
    fee = "" if ceiling is None else f", participation symbolique jusqu’à {euros(ceiling)}"
    return sentences(
        f"Déposé le {long_date(data.deposited_on)} : dossier recevable, révision {data.revision}",
        f"Aucun motif de rejet. Date de dépôt retenue : {long_date(data.deposited_on)} [REC-07].",
        (
            f"Il est jugé selon l’appel à projets : priorités {listed(terms.priorities)},"
            f" comité {listed(terms.committee)}{fee}."
        ),
    )


def dossier_rejected(data: DossierRejected) -> Sentences:
    """State that the dossier or its revision is refused, with every ground."""
    lines = reason_lines(data.grounds)
    if data.of_the_revision:
        title = f"Révision {data.revision} refusée : le dossier reste ce qu’il était"
        return sentences(title, *lines)
    return sentences(f"Dossier rejeté, révision {data.revision}", *lines)


def complements_requested(data: ComplementsRequested) -> Sentences:
    """State that the dossier can be completed, with everything that is missing."""
    due = (f"La Caf les attend le {long_date(data.due_on)} au plus tard.",) if data.due_on else ()
    return sentences(
        f"Compléments demandés sur la révision {data.revision}",
        *reason_lines(data.grounds),
        *due,
        (
            "Une révision suivante peut être déposée, même après la date limite :"
            " la date de dépôt reste celle de la première validation dans la période."
        ),
    )


def withdrawal_forwarded(_data: WithdrawalForwarded) -> Sentences:
    """State that the withdrawal waits for eligibility: the committee may have decided."""
    return sentences("Retrait transmis", "Le dossier est instruit : le comité s’est-il prononcé ?")


def dossier_withdrawn(data: DossierWithdrawn) -> Sentences:
    """State that the dossier is closed."""
    return sentences(
        f"Dossier retiré, à la demande du {long_date(data.withdrawn_on)}",
        *motive_lines(data.motive),
        "Aucune révision ni décision du comité ne peut plus le suivre [TEC-02, RET-04].",
    )


def withdrawal_refused(data: WithdrawalRefused) -> Sentences:
    """State that the dossier cannot be withdrawn, with every reason."""
    return sentences("Retrait refusé", *reason_lines(data.reasons))


SENTENCES: Builders = {
    CampaignRegistered: campaign_registered,
    CampaignReleaseContinued: campaign_release_continued,
    InterimReportRegistered: interim_report_registered,
    DossierHeld: dossier_held,
    DossierReceived: dossier_received,
    DossierRejected: dossier_rejected,
    ComplementsRequested: complements_requested,
    WithdrawalForwarded: withdrawal_forwarded,
    DossierWithdrawn: dossier_withdrawn,
    WithdrawalRefused: withdrawal_refused,
}
