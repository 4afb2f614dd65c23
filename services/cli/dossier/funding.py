"""Sentences of the events of funding, with the rules of each amount."""

from collections.abc import Iterable, Iterator

from services.cli.dossier.text import (
    Sentences,
    item,
    legal_ground_line,
    motive_lines,
    payee,
    reason_lines,
    sentences,
)
from shared.contracts.common import ExerciseAmount
from shared.contracts.funding import (
    AdjustmentDecided,
    AdjustmentRefused,
    AdvanceGranted,
    AdvanceRefused,
    AdvanceReversalRefused,
    AdvanceReversed,
    BalanceRefused,
    BalanceSettled,
    BaremeRegistered,
    BaremeReleaseContinued,
    CancellationRefused,
    Cap80,
    ConventionRegistered,
    EnvelopeCharge,
    EnvelopeRegistered,
    EnvelopeReleaseContinued,
    FundingAmended,
    FundingCancelled,
    FundingDeferred,
    FundingGranted,
    FundingRefused,
    PricedCollectif,
    SettledCollectif,
)
from shared.french import euros, listed, long_date
from shared.kernel.calendar import start_year

STATUSES = {"unchecked": "enveloppe non contrôlée", "reserved": "réservé sur l’enveloppe"}
ADJUSTMENTS = {
    "rappel": "un rappel",
    "indu": "un indu",
    "none": "aucun changement",
}


def bareme_registered(data: BaremeRegistered) -> Sentences:
    """State that the bareme is registered."""
    return sentences(f"Barème {data.start_year}-{data.start_year + 1} enregistré")


def bareme_release_continued(data: BaremeReleaseContinued) -> Sentences:
    """State that the dossiers that waited for the bareme are served."""
    year = f"{data.start_year}-{data.start_year + 1}"
    return sentences(f"Barème {year} connu : les dossiers qui l’attendaient sont servis")


def convention_registered(_data: ConventionRegistered) -> Sentences:
    """State that the convention is registered."""
    return sentences("Convention enregistrée", "Elle couvre toute la durée de l’agrément [CNV-01].")


def envelope_registered(data: EnvelopeRegistered) -> Sentences:
    """State that the credits of an exercise are registered."""
    return sentences(f"Enveloppe {data.exercise} de la Caf {data.caf} enregistrée")


def envelope_release_continued(data: EnvelopeReleaseContinued) -> Sentences:
    """State that the dossiers that waited for credits are served [ENV-03]."""
    return sentences(
        f"Enveloppe de la Caf {data.caf} augmentée : la liste d’attente est servie [ENV-03]"
    )


def funding_granted(data: FundingGranted) -> Sentences:
    """Describe a grant: each collectif, the cap, the parts and the ceilings of advances."""
    return sentences(f"Financement accordé : {_totals(data)}", *_grant_lines(data))


def funding_amended(data: FundingAmended) -> Sentences:
    """Describe a grant after an amendment of its agrement, whole."""
    return sentences(
        f"Financement modifié : {_totals(data)}",
        (
            f"Modification {data.amendment_id} du {long_date(data.amended_on)}, la"
            f" {_nth(data.rank)} de l’année {data.school_year} :"
            f" ces montants remplacent les précédents."
        ),
        *_grant_lines(data),
    )


def funding_refused(data: FundingRefused) -> Sentences:
    """State that a school year is not funded, with every reason."""
    return sentences(f"Financement {data.school_year} refusé", *reason_lines(data.reasons))


def funding_deferred(data: FundingDeferred) -> Sentences:
    """Describe a grant that waits."""
    return sentences(f"Financement {data.school_year} en attente", *reason_lines(data.reasons))


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


def balance_settled(data: BalanceSettled) -> Sentences:
    """Describe the final amounts, against the advances, exercise by exercise."""
    first = start_year(data.school_year)
    return sentences(
        (
            f"Solde {data.school_year} : Ps définitive {euros(data.final_ps)}"
            f" et bonus {euros(data.final_bonus)}"
        ),
        f"Comptes du {long_date(data.settled_on)}, pour {payee(data.gestionnaire)}.",
        *(item(_settled_collectif(collectif)) for collectif in data.collectifs),
        *_cap_lines(data.cap80),
        (
            f"Bonus après plafonnement : enfants {euros(data.final_bonus_enfants)}, parents"
            f" {euros(data.final_bonus_parents)}."
        ),
        (
            f"Part {first} (4/10) : {euros(data.final_part_n)}, acomptes"
            f" {euros(data.advances_n)} ; part {first + 1} (6/10) : {euros(data.final_part_n1)},"
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
    amount = "" if data.kind == "none" else f" de {euros(abs(data.amount))}"
    measures = (f"Mesures : {listed(data.measures)}.",) if data.measures else ()
    return sentences(
        f"Contrôle {data.control_id} : {ADJUSTMENTS[data.kind]}{amount}",
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


def _totals(data: FundingGranted) -> str:
    return f"Ps {euros(data.ps_total)} et bonus {euros(data.bonus_total)}"


def _nth(rank: int) -> str:
    return "1re" if rank == 1 else f"{rank}e"


def _grant_lines(data: FundingGranted) -> Iterator[str]:
    first = data.bareme.start_year
    yield (
        f"Pour {payee(data.gestionnaire)}, {data.school_year} ; barème {first}-{first + 1}"
        f" ({data.bareme.source}) [PRX-07]."
    )
    yield from (item(_priced_collectif(collectif)) for collectif in data.collectifs)
    yield from _cap_lines(data.cap80)
    yield (
        f"Bonus après plafonnement : enfants {euros(data.bonus_enfants)}, parents"
        f" {euros(data.bonus_parents)}."
    )
    yield (
        f"Part {first} (4/10) : {euros(data.part_n)} ; part {first + 1} (6/10) :"
        f" {euros(data.part_n1)}, bonus en sus [ENV-01, BON-14]."
    )
    yield (
        f"Acomptes possibles : {euros(data.advance_ceiling_n)} sur {first} [ACO-01],"
        f" {euros(data.advance_ceiling_n1)} sur {first + 1} [ACO-03]."
    )
    yield from (_charge_line(charge) for charge in data.envelopes)


def _priced_collectif(collectif: PricedCollectif) -> str:
    return (
        f"{collectif.collectif_id} : coût {euros(collectif.cost)},"
        f" Ps {euros(collectif.ps)} [PRX-01, PRX-04], bonus {euros(collectif.bonus)}"
    )


def _cap_lines(cap: Cap80) -> Iterator[str]:
    """Yield the lines of the 80 % cap, for a grant or a balance."""
    ceiling = f"Plafond des 80 % [COF-02] : {euros(cap.ceiling)}"
    if cap.excess:
        cuts = f"{euros(cap.cut_from_bonus)} retirés des bonus, {euros(cap.cut_from_ps)} de la Ps"
        yield f"{ceiling}, dépassé de {euros(cap.excess)} : {cuts}."
    else:
        yield f"{ceiling}, non dépassé."
    if cap.reached:
        yield "Les 80 % sont atteints : une personne doit le justifier [COF-03]."


def _charge_line(charge: EnvelopeCharge) -> str:
    status = STATUSES[charge.status]
    return f"Exercice {charge.exercise} : {euros(charge.amount)}, {status} [ENV-01]."


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
