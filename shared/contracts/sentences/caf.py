"""Sentences of the events of the Caf, its control and accounting officer, and the Cnaf."""

from shared.contracts.caf import (
    AdvanceOrdered,
    AskedComplement,
    BaremePublished,
    CampaignOpened,
    ComplementsOrdered,
    ControlConcluded,
    ConventionSigned,
    EnvelopeAllotted,
    ExerciseClosed,
    InterimReportReceived,
)
from shared.contracts.sentences.elan import actual_collectif
from shared.contracts.sentences.text import (
    Builders,
    Sentences,
    budget_line,
    by_whom,
    item,
    school_year,
    sentences,
)
from shared.french import euros, listed, long_date, unended


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
    if data.nothing_ran:
        return sentences(
            f"Le {long_date(data.received_on)}, aucune action en {data.school_year} selon la Caf",
            f"Le gestionnaire {data.siret} ne doit aucun bilan intermédiaire [REC-09].",
        )
    return sentences(
        f"Bilan intermédiaire {data.school_year} reçu par la Caf",
        f"Bilan du gestionnaire {data.siret}, reçu le {long_date(data.received_on)} [REC-09].",
    )


def complements_ordered(data: ComplementsOrdered) -> Sentences:
    """Describe the complements that the Caf asks for, and by when [COM-09]."""
    return sentences(
        f"Compléments demandés par la Caf, attendus le {long_date(data.due_on)} au plus tard",
        *(item(_asked_complement(each)) for each in data.asked),
    )


def convention_signed(data: ConventionSigned) -> Sentences:
    """State that the convention of the agrement is signed."""
    return sentences(f"Convention signée le {long_date(data.signed_on)}")


def bareme_published(data: BaremePublished) -> Sentences:
    """Describe the prices of one school year."""
    return sentences(
        f"Barème {school_year(data.start_year)} publié",
        (
            f"Plafond {euros(data.plafond)}, Ps maximale {euros(data.ps_max)}, bonus enfants"
            f" {euros(data.bonus_enfants)}, bonus parents {euros(data.bonus_parents)}"
            f" (source : {unended(data.source)})."
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
    measures = (f"Mesures : {listed(map(unended, data.measures))}.",) if data.measures else ()
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


def _asked_complement(complement: AskedComplement) -> str:
    return f"[{complement.rule}] {complement.message}" if complement.rule else complement.message


SENTENCES: Builders = {
    CampaignOpened: campaign_opened,
    InterimReportReceived: interim_report_received,
    ComplementsOrdered: complements_ordered,
    ConventionSigned: convention_signed,
    BaremePublished: bareme_published,
    AdvanceOrdered: advance_ordered,
    ExerciseClosed: exercise_closed,
    EnvelopeAllotted: envelope_allotted,
    ControlConcluded: control_concluded,
}
