"""Sentences of the events of the Caf, its committee, control, accounting officer, and the Cnaf."""

from shared.contracts.caf import (
    AdvanceOrdered,
    BaremePublished,
    CampaignOpened,
    CommitteeCriteria,
    CommitteeDecided,
    ControlConcluded,
    ConventionSigned,
    EnvelopeAllotted,
    ExerciseClosed,
    InterimReportReceived,
)
from shared.contracts.labels import BONUS_KINDS, COMMITTEE_OUTCOMES
from shared.contracts.sentences.elan import actual_collectif
from shared.contracts.sentences.text import (
    Builders,
    Sentences,
    budget_line,
    by_whom,
    item,
    sentences,
)
from shared.french import euros, listed, long_date

CRITERIA = {
    "diagnosis": "diagnostic",
    "charter": "charte",
    "collective_character": "caractère collectif",
}


def campaign_opened(data: CampaignOpened) -> Sentences:
    """Describe the call for projects of a year."""
    return sentences(
        f"Appel à projets {data.school_year} ouvert par la Caf {data.caf}",
        (
            f"Dépôts du {long_date(data.opens_on)} au {long_date(data.closes_on)} inclus,"
            f" formulaire national version {data.form_version}."
        ),
    )


def interim_report_received(data: InterimReportReceived) -> Sentences:
    """Describe the interim report that a dossier may wait for [REC-09]."""
    return sentences(
        f"Bilan intermédiaire {data.school_year} reçu par la Caf",
        f"Bilan du gestionnaire {data.siret}, reçu le {long_date(data.received_on)} [REC-09].",
    )


def committee_decided(data: CommitteeDecided) -> Sentences:
    """Describe the decision of the committee, as it was sent."""
    lines = [f"Membres présents : {listed(data.members_present)}."]
    if data.collectifs:
        lines.append(f"Collectifs retenus : {listed(data.collectifs)}.")
    lines += [
        f"Dérogation accordée : {granted.rule} pour {granted.collectif_id or 'le projet'}."
        for granted in data.derogations_granted
    ]
    lines += [
        f"{BONUS_KINDS[bonus.kind].capitalize()} pour {bonus.collectif_id}."
        for bonus in data.bonuses
    ]
    if data.multi_year_until:
        lines.append(f"Période : jusqu’à {data.multi_year_until}.")
    if data.motive:
        lines.append(f"Motif : {data.motive}")
    if data.criteria:
        lines += _criteria(data.criteria)
    outcome = COMMITTEE_OUTCOMES[data.outcome]
    return sentences(f"Commission du {long_date(data.decided_on)} : agrément {outcome}", *lines)


def convention_signed(data: ConventionSigned) -> Sentences:
    """State that the convention of the agrement is signed."""
    return sentences(f"Convention signée le {long_date(data.signed_on)}")


def bareme_published(data: BaremePublished) -> Sentences:
    """Describe the prices of one school year."""
    return sentences(
        f"Barème {data.start_year}-{data.start_year + 1} publié",
        (
            f"Plafond {euros(data.plafond)}, Ps maximale {euros(data.ps_max)}, bonus enfants"
            f" {euros(data.bonus_enfants)}, bonus parents {euros(data.bonus_parents)}"
            f" (source : {data.source})."
        ),
    )


def envelope_allotted(data: EnvelopeAllotted) -> Sentences:
    """Describe the credits of an exercise."""
    return sentences(
        f"Enveloppe {data.exercise} de la Caf {data.caf} portée à {euros(data.amount)}",
        "C’est le total de l’exercice : il remplace le précédent [ENV-01].",
    )


def advance_ordered(data: AdvanceOrdered) -> Sentences:
    """Describe the order of an advance."""
    return sentences(
        f"Acompte de {euros(data.amount)} ordonné sur l’exercice {data.exercise}",
        (
            f"Ordre {data.order_id} du {long_date(data.ordered_on)}{by_whom(data.ordered_by)},"
            f" pour {data.school_year}."
        ),
    )


def control_concluded(data: ControlConcluded) -> Sentences:
    """Describe the findings of a control and its contradictory period [CTL-02]."""
    answer = f"réponse du {long_date(data.answered_on)}" if data.answered_on else "sans réponse"
    measures = (f"Mesures : {listed(data.measures)}.",) if data.measures else ()
    return sentences(
        f"Contrôle {data.control_id} de l’année {data.school_year} conclu",
        (
            f"Observations envoyées le {long_date(data.observations_sent_on)}, {answer} ;"
            f" décision du {long_date(data.decided_on)} [CTL-02]."
        ),
        *(item(actual_collectif(collectif)) for collectif in data.collectifs),
        budget_line(data.budget),
        *measures,
    )


def exercise_closed(data: ExerciseClosed) -> Sentences:
    """Describe the accounting officer's order to close."""
    return sentences(
        f"Clôture de l’exercice {data.exercise} de la Caf {data.caf} demandée",
        f"Demande du {long_date(data.closed_on)}{by_whom(data.closed_by)}.",
    )


def _criteria(criteria: CommitteeCriteria) -> list[str]:
    values = {name: getattr(criteria, name) for name in CRITERIA}
    labels = {True: "oui", False: "non"}
    return [
        f"Critère {CRITERIA[name]} [COM-08] : {labels.get(value, value)}."
        for name, value in values.items()
        if value is not None
    ]


SENTENCES: Builders = {
    CampaignOpened: campaign_opened,
    InterimReportReceived: interim_report_received,
    CommitteeDecided: committee_decided,
    ConventionSigned: convention_signed,
    BaremePublished: bareme_published,
    AdvanceOrdered: advance_ordered,
    ExerciseClosed: exercise_closed,
    EnvelopeAllotted: envelope_allotted,
    ControlConcluded: control_concluded,
}
