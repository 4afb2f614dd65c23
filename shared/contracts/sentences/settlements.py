"""Sentences of what ends a right in funding: balance, cancellation, control."""

from collections.abc import Iterable

from shared.contracts.common import ExerciseAmount
from shared.contracts.funding import (
    AdjustmentDecided,
    AdjustmentRefused,
    BalanceRefused,
    BalanceSettled,
    CancellationRefused,
    FundingCancelled,
    SettledCollectif,
)
from shared.contracts.labels import ADJUSTMENT_KINDS
from shared.contracts.sentences.grants import cap_lines
from shared.contracts.sentences.text import (
    Builders,
    Sentences,
    item,
    legal_ground_line,
    payee,
    reason_lines,
    sentences,
)
from shared.french import euros, listed, long_date, unended


def balance_settled(data: BalanceSettled) -> Sentences:
    """Describe the final amounts, against the advances, exercise by exercise."""
    first, second = data.school_year.split("-")
    return sentences(
        (
            f"Solde {data.school_year} : Ps définitive {euros(data.final_ps)}"
            f" et bonus {euros(data.final_bonus)}"
        ),
        f"Comptes du {long_date(data.settled_on)}, pour {payee(data.gestionnaire)}.",
        *(item(_settled_collectif(collectif)) for collectif in data.collectifs),
        *cap_lines(data.cap80),
        (
            f"Bonus après plafonnement : enfants {euros(data.final_bonus_enfants)}, parents"
            f" {euros(data.final_bonus_parents)}."
        ),
        (
            f"Part {first} (4/10) : {euros(data.final_part_n)}, acomptes"
            f" {euros(data.advances_n)} ; part {second} (6/10) : {euros(data.final_part_n1)},"
            f" bonus en sus, acomptes {euros(data.advances_n1)} [ENV-01, BON-14]."
        ),
        f"Reste net, à titre indicatif : {euros(data.net)}.",
        *_indu_lines(data.indus),
    )


def balance_refused(data: BalanceRefused) -> Sentences:
    """State that the accounts settle nothing, with every reason."""
    return sentences(f"Solde {data.school_year} refusé", *reason_lines(data.reasons))


def funding_cancelled(data: FundingCancelled) -> Sentences:
    """State that a right is cancelled, and which advances become indus."""
    indus = _indu_lines(data.indus)
    return sentences(
        f"Droit {data.school_year} annulé : rien n’est dû",
        f"Pour {payee(data.gestionnaire)}, le {long_date(data.cancelled_on)}.",
        legal_ground_line(data.legal_ground, data.motive),
        *(indus or ("Aucun acompte n’était versé : rien n’est à recouvrer.",)),
    )


def cancellation_refused(data: CancellationRefused) -> Sentences:
    """State that a right is not cancelled, with every reason."""
    return sentences(f"Annulation du droit {data.school_year} refusée", *reason_lines(data.reasons))


def adjustment_decided(data: AdjustmentDecided) -> Sentences:
    """Describe the adjustment after a control, by exercise of origin [CTL-06]."""
    parts = data.components
    measures = (f"Mesures : {listed(map(unended, data.measures))}.",) if data.measures else ()
    return sentences(
        f"Contrôle {data.control_id} : {_outcome(data)}",
        f"Décision du {long_date(data.decided_on)}, pour {payee(data.gestionnaire)} [CTL-06].",
        *(
            item(f"Exercice {origin.exercise} : {euros(origin.amount)}")
            for origin in data.by_origin
        ),
        (
            f"Part N {euros(parts.part_n)}, part N+1 {euros(parts.part_n1)}, bonus enfants"
            f" {euros(parts.bonus_enfants)}, bonus parents {euros(parts.bonus_parents)}."
        ),
        *measures,
    )


def adjustment_refused(data: AdjustmentRefused) -> Sentences:
    """State that a control leads to no adjustment, with every reason."""
    return sentences(f"Contrôle {data.control_id} sans suite possible", *reason_lines(data.reasons))


def _outcome(data: AdjustmentDecided) -> str:
    """Return `indu de 195,00 € à rembourser`."""
    kind = ADJUSTMENT_KINDS[data.kind]
    if data.kind == "none":
        return kind
    way = "à verser" if data.kind == "rappel" else "à rembourser"
    return f"{kind} de {euros(abs(data.amount))} {way}"


def _settled_collectif(collectif: SettledCollectif) -> str:
    if not collectif.ran:
        return f"{collectif.collectif_id} : n’a pas fonctionné, rien n’est dû"
    return (
        f"{collectif.collectif_id} : coût réel {euros(collectif.cost)},"
        f" Ps {euros(collectif.ps)} [PRX-01, PRX-04], bonus {euros(collectif.bonus)}"
    )


def _indu_lines(indus: Iterable[ExerciseAmount]) -> tuple[str, ...]:
    return tuple(
        item(f"Indu de {euros(indu.amount)} à recouvrer sur l’exercice {indu.exercise}")
        for indu in indus
    )


SENTENCES: Builders = {
    BalanceSettled: balance_settled,
    BalanceRefused: balance_refused,
    FundingCancelled: funding_cancelled,
    CancellationRefused: cancellation_refused,
    AdjustmentDecided: adjustment_decided,
    AdjustmentRefused: adjustment_refused,
}
