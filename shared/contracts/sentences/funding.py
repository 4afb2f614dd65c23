"""Sentences of the events of funding before and after a grant: bareme, credits, advances."""

from shared.contracts.funding import (
    AdvanceGranted,
    AdvanceRefused,
    AdvanceReversalRefused,
    AdvanceReversed,
    BaremeRegistered,
    BaremeReleaseContinued,
    ConventionRegistered,
    EnvelopeRegistered,
    EnvelopeReleaseContinued,
)
from shared.contracts.sentences.text import (
    Builders,
    Sentences,
    motive_lines,
    payee,
    reason_lines,
    remark_lines,
    school_year,
    sentences,
)
from shared.french import euros, long_date


def bareme_registered(data: BaremeRegistered) -> Sentences:
    """State that the bareme is registered."""
    return sentences(f"Barème {school_year(data.start_year)} enregistré")


def bareme_release_continued(data: BaremeReleaseContinued) -> Sentences:
    """State that the dossiers that waited for the bareme are served."""
    return sentences(
        f"Barème {school_year(data.start_year)} connu : les dossiers qui l’attendaient sont servis"
    )


def convention_registered(data: ConventionRegistered) -> Sentences:
    """State that the convention is registered, and the remarks on it."""
    return sentences(
        "Convention enregistrée",
        "Elle couvre toute la durée de l’agrément [CNV-01].",
        *remark_lines(data.remarks),
    )


def envelope_registered(data: EnvelopeRegistered) -> Sentences:
    """State that the credits of an exercise are registered, and the total that counts."""
    counting = "" if data.amount is None else f" : le total est de {euros(data.amount)}"
    later = ("Une enveloppe plus récente compte : celle-ci ne change rien.",)
    return sentences(
        f"Enveloppe {data.exercise} de la Caf {data.caf} enregistrée{counting}",
        *(later if data.superseded else ()),
    )


def envelope_release_continued(data: EnvelopeReleaseContinued) -> Sentences:
    """State that the dossiers that waited for credits are served [ENV-03]."""
    return sentences(
        f"Enveloppe de la Caf {data.caf} augmentée : la liste d’attente est servie [ENV-03]"
    )


def advance_granted(data: AdvanceGranted) -> Sentences:
    """Describe an advance that may be paid."""
    return sentences(
        f"Acompte de {euros(data.amount)} accordé sur l’exercice {data.exercise}",
        f"Ordre {data.order_id} du {long_date(data.ordered_on)}, à {payee(data.gestionnaire)}.",
    )


def advance_refused(data: AdvanceRefused) -> Sentences:
    """Describe an advance that may not be paid."""
    return sentences(
        f"Acompte {data.order_id} refusé sur l’exercice {data.exercise}",
        *reason_lines(data.reasons),
    )


def advance_reversed(data: AdvanceReversed) -> Sentences:
    """State that an advance is reversed, whole."""
    return sentences(
        f"Acompte de {euros(data.amount)} annulé sur l’exercice {data.exercise}",
        (
            f"Acompte {data.order_id}, à {payee(data.gestionnaire)}, annulé le"
            f" {long_date(data.reversed_on)} par une écriture inverse : rien n’est effacé."
        ),
        *motive_lines(data.motive),
    )


def advance_reversal_refused(data: AdvanceReversalRefused) -> Sentences:
    """State that an advance is not reversed, with every reason."""
    return sentences(f"Annulation {data.reversal_id} refusée", *reason_lines(data.reasons))


SENTENCES: Builders = {
    BaremeRegistered: bareme_registered,
    BaremeReleaseContinued: bareme_release_continued,
    ConventionRegistered: convention_registered,
    AdvanceGranted: advance_granted,
    AdvanceRefused: advance_refused,
    EnvelopeRegistered: envelope_registered,
    EnvelopeReleaseContinued: envelope_release_continued,
    AdvanceReversed: advance_reversed,
    AdvanceReversalRefused: advance_reversal_refused,
}
