"""Sentences of the corrections that a Caf decides."""

from shared.contracts.corrections import (
    AdvanceReversalOrdered,
    AgrementImported,
    AmendmentDecided,
    FundingCancellationOrdered,
)
from shared.contracts.sentences.agrements import (
    agrement_sentences,
    amendment_effect,
    end_lines,
    maintained_lines,
)
from shared.contracts.sentences.text import (
    Builders,
    Sentences,
    by_whom,
    legal_ground_line,
    motive_lines,
    sentences,
)
from shared.french import long_date


def agrement_imported(data: AgrementImported) -> Sentences:
    """Describe an agrement older than the system, as it was sent."""
    return agrement_sentences(f"Agrément antérieur transmis (référence : {data.reference}),", data)


def amendment_decided(data: AmendmentDecided) -> Sentences:
    """Describe the decision of a Caf to reduce or withdraw an agrement, as it was sent."""
    return sentences(
        f"Décision {data.amendment_id} de la Caf : agrément {amendment_effect(data)}",
        f"Décision du {long_date(data.decided_on)}{by_whom(data.decided_by)}.",
        *maintained_lines(data),
        *end_lines(data),
        legal_ground_line(data.legal_ground, data.motive),
    )


def advance_reversal_ordered(data: AdvanceReversalOrdered) -> Sentences:
    """Describe the order to reverse an advance."""
    return sentences(
        f"Annulation de l’acompte {data.order_id} ordonnée",
        (
            f"Ordre {data.reversal_id} du {long_date(data.ordered_on)}{by_whom(data.ordered_by)},"
            f" pour {data.school_year}."
        ),
        *motive_lines(data.motive),
    )


def funding_cancellation_ordered(data: FundingCancellationOrdered) -> Sentences:
    """Describe the order to cancel a right, as it was sent."""
    return sentences(
        f"Annulation du droit {data.school_year} ordonnée",
        f"Ordre du {long_date(data.ordered_on)}{by_whom(data.ordered_by)}.",
        legal_ground_line(data.legal_ground, data.motive),
    )


SENTENCES: Builders = {
    AmendmentDecided: amendment_decided,
    AgrementImported: agrement_imported,
    AdvanceReversalOrdered: advance_reversal_ordered,
    FundingCancellationOrdered: funding_cancellation_ordered,
}
