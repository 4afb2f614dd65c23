"""How what was decided is corrected: what was asked for, and what became of it."""

from services.cli.dossier.eligibility import agrement
from services.cli.dossier.entries import Sentences, item, payee, reasons, sentences
from shared.contracts.corrections import (
    AdvanceReversalOrdered,
    AgrementImported,
    AmendmentDecided,
    FundingCancellationOrdered,
)
from shared.contracts.elan import WithdrawalRequested
from shared.contracts.eligibility import (
    AgrementAmended,
    AgrementRegistered,
    AmendmentRejected,
    WithdrawalJudged,
)
from shared.contracts.funding import (
    AdvanceReversalRefused,
    AdvanceReversed,
    CancellationRefused,
    FundingCancelled,
)
from shared.contracts.submission import DossierWithdrawn, WithdrawalForwarded, WithdrawalRefused
from shared.french import euros, listed, long_date

EFFECTS = {"reduced": "réduit", "withdrawn": "retiré"}


def withdrawal_requested(data: WithdrawalRequested) -> Sentences:
    """Tell of a gestionnaire who gives up."""
    return sentences(
        "Retrait du dossier demandé par le gestionnaire",
        f"Demande du {long_date(data.requested_on)}{_by(data.requested_by)}.",
        *_motive(data.motive),
    )


def withdrawal_forwarded(_data: WithdrawalForwarded) -> Sentences:
    """Tell that the committee may have decided."""
    return sentences("Retrait transmis", "Le dossier est instruit : le comité s’est-il prononcé ?")


def withdrawal_judged(data: WithdrawalJudged) -> Sentences:
    """Tell whether the committee had decided."""
    if data.reasons:
        return sentences("Retrait impossible", *reasons(data.reasons))
    return sentences("Retrait possible", "Le comité ne s’était pas prononcé [RET-03].")


def dossier_withdrawn(data: DossierWithdrawn) -> Sentences:
    """Tell that the dossier is closed."""
    return sentences(
        f"Dossier retiré, à la demande du {long_date(data.withdrawn_on)}",
        *_motive(data.motive),
        "Aucune révision ni décision du comité ne peut plus le suivre [TEC-02, RET-04].",
    )


def withdrawal_refused(data: WithdrawalRefused) -> Sentences:
    """Tell of a dossier that cannot be withdrawn."""
    return sentences("Retrait refusé", *reasons(data.reasons))


def amendment_decided(data: AmendmentDecided) -> Sentences:
    """Tell of a Caf that reduces or withdraws an agrement, as it was sent."""
    return sentences(
        f"Décision {data.amendment_id} de la Caf : agrément {_effect(data)}",
        f"Décision du {long_date(data.decided_on)}{_by(data.decided_by)}.",
        *_kept(data),
        _ground(data.legal_ground, data.motive),
    )


def agrement_amended(data: AgrementAmended) -> Sentences:
    """Tell of what is left of an agrement."""
    until = data.multi_year_until
    covered = (
        f"L’agrément court jusqu’à {until} inclus."
        if until
        else "Plus aucune année n’est couverte."
    )
    return sentences(
        f"Agrément {_effect(data)}",
        f"Décision {data.amendment_id} du {long_date(data.decided_on)}.",
        *_kept(data),
        covered,
        _ground(data.legal_ground, data.motive),
    )


def amendment_rejected(data: AmendmentRejected) -> Sentences:
    """Tell of an amendment that cannot stand."""
    return sentences(f"Modification {data.amendment_id} non recevable", *reasons(data.reasons))


def agrement_imported(data: AgrementImported) -> Sentences:
    """Tell of an agrement older than the system, as it was sent."""
    return agrement(f"Agrément antérieur transmis (référence : {data.reference}),", data)


def agrement_registered(data: AgrementRegistered) -> Sentences:
    """Tell that it is known: later school years may be renewed."""
    return agrement(f"Agrément antérieur repris (référence : {data.reference}),", data)


def advance_reversal_ordered(data: AdvanceReversalOrdered) -> Sentences:
    """Tell of an advance that was a mistake."""
    return sentences(
        f"Annulation de l’acompte {data.order_id} ordonnée",
        (
            f"Ordre {data.reversal_id} du {long_date(data.ordered_on)}{_by(data.ordered_by)},"
            f" pour {data.school_year}."
        ),
        *_motive(data.motive),
    )


def advance_reversed(data: AdvanceReversed) -> Sentences:
    """Tell that it is taken back whole."""
    return sentences(
        f"Acompte de {euros(data.amount)} annulé sur l’exercice {data.exercise}",
        (
            f"Acompte {data.order_id}, à {payee(data.gestionnaire)}, annulé le"
            f" {long_date(data.reversed_on)} par une écriture inverse : rien n’est effacé."
        ),
        *_motive(data.motive),
    )


def advance_reversal_refused(data: AdvanceReversalRefused) -> Sentences:
    """Tell of an advance that stays."""
    return sentences(f"Annulation {data.reversal_id} refusée", *reasons(data.reasons))


def funding_cancellation_ordered(data: FundingCancellationOrdered) -> Sentences:
    """Tell of a right that will never be settled, as it was sent."""
    return sentences(
        f"Annulation du droit {data.school_year} ordonnée",
        f"Ordre du {long_date(data.ordered_on)}{_by(data.ordered_by)}.",
        _ground(data.legal_ground, data.motive),
    )


def funding_cancelled(data: FundingCancelled) -> Sentences:
    """Tell that nothing is due, and which advances become indus."""
    indus = tuple(
        item(f"Indu de {euros(each.amount)} à recouvrer sur l’exercice {each.exercise}")
        for each in data.indus
    )
    return sentences(
        f"Droit {data.school_year} annulé : rien n’est dû",
        f"Pour {payee(data.gestionnaire)}, le {long_date(data.cancelled_on)}.",
        _ground(data.legal_ground, data.motive),
        *(indus or ("Aucun acompte n’était versé : rien n’est à recouvrer.",)),
    )


def cancellation_refused(data: CancellationRefused) -> Sentences:
    """Tell of a right that stays."""
    return sentences(f"Annulation du droit {data.school_year} refusée", *reasons(data.reasons))


def _effect(data: AmendmentDecided | AgrementAmended) -> str:
    return f"{EFFECTS[data.effect]} à compter de {data.from_school_year}"


def _kept(data: AmendmentDecided | AgrementAmended) -> tuple[str, ...]:
    kept = data.collectifs
    return (f"Collectifs maintenus : {listed(kept)}.",) if kept else ()


def _ground(legal_ground: str, motive: str) -> str:
    return f"Fondement : {legal_ground or '—'} ; motif : {motive or '—'} [AGR-03]."


def _motive(motive: str | None) -> tuple[str, ...]:
    return (f"Motif : {motive}",) if motive else ()


def _by(somebody: str | None) -> str:
    return f" par {somebody}" if somebody else ""
