"""What funding granted, deferred or refused, with the rules of each amount."""

from collections.abc import Iterator

from services.cli.dossier.entries import Sentences, item, payee, reasons, sentences
from shared.contracts.funding import (
    AdvanceGranted,
    AdvanceRefused,
    BaremeRegistered,
    BaremeReleaseContinued,
    Cap80,
    ConventionRegistered,
    EnvelopeCharge,
    EnvelopeRegistered,
    EnvelopeReleaseContinued,
    FundingAmended,
    FundingDeferred,
    FundingGranted,
    FundingRefused,
    PricedCollectif,
)
from shared.french import euros, long_date

STATUSES = {"unchecked": "enveloppe non contrôlée", "reserved": "réservé sur l’enveloppe"}


def bareme_registered(data: BaremeRegistered) -> Sentences:
    """Tell that the prices are known."""
    return sentences(f"Barème {data.start_year}-{data.start_year + 1} enregistré")


def bareme_release_continued(data: BaremeReleaseContinued) -> Sentences:
    """Tell that those are served who waited for the prices."""
    year = f"{data.start_year}-{data.start_year + 1}"
    return sentences(f"Barème {year} connu : les dossiers qui l’attendaient sont servis")


def convention_registered(_data: ConventionRegistered) -> Sentences:
    """Tell that the convention is known."""
    return sentences("Convention enregistrée", "Elle couvre toute la durée de l’agrément [CNV-01].")


def envelope_registered(data: EnvelopeRegistered) -> Sentences:
    """Tell that the credits of an exercise are known."""
    return sentences(f"Enveloppe {data.exercise} de la Caf {data.caf} enregistrée")


def envelope_release_continued(data: EnvelopeReleaseContinued) -> Sentences:
    """Tell that those are served who waited for credits."""
    return sentences(
        f"Enveloppe de la Caf {data.caf} augmentée : la liste d’attente est servie [ENV-03]"
    )


def funding_granted(data: FundingGranted) -> Sentences:
    """Tell of what is due, from each collectif to the parts and the ceilings of advances."""
    return sentences(f"Financement accordé : {_totals(data)}", *_lines(data))


def funding_amended(data: FundingAmended) -> Sentences:
    """Tell of what is due after an amendment of the agrement, whole."""
    return sentences(
        f"Financement modifié : {_totals(data)}",
        (
            f"Modification {data.amendment_id} du {long_date(data.amended_on)}, la"
            f" {_nth(data.rank)} de l’année {data.school_year} :"
            f" ces montants remplacent les précédents."
        ),
        *_lines(data),
    )


def funding_refused(data: FundingRefused) -> Sentences:
    """Tell of a school year that is not funded."""
    return sentences(f"Financement {data.school_year} refusé", *reasons(data.reasons))


def funding_deferred(data: FundingDeferred) -> Sentences:
    """Tell of a grant that waits."""
    return sentences(f"Financement {data.school_year} en attente", *reasons(data.reasons))


def advance_granted(data: AdvanceGranted) -> Sentences:
    """Tell of an advance that may be paid."""
    return sentences(
        f"Acompte de {euros(data.amount)} accordé sur l’exercice {data.exercise}",
        f"Ordre {data.order_id} du {long_date(data.ordered_on)}, à {payee(data.gestionnaire)}.",
    )


def advance_refused(data: AdvanceRefused) -> Sentences:
    """Tell of an advance that may not be paid."""
    return sentences(
        f"Acompte {data.order_id} refusé sur l’exercice {data.exercise}", *reasons(data.reasons)
    )


def _totals(data: FundingGranted) -> str:
    return f"Ps {euros(data.ps_total)} et bonus {euros(data.bonus_total)}"


def _nth(rank: int) -> str:
    return "1re" if rank == 1 else f"{rank}e"


def _lines(data: FundingGranted) -> Iterator[str]:
    first = data.bareme.start_year
    yield (
        f"Pour {payee(data.gestionnaire)}, {data.school_year} ; barème {first}-{first + 1}"
        f" ({data.bareme.source}) [PRX-07]."
    )
    yield from (item(_priced(each)) for each in data.collectifs)
    yield from cap(data.cap80)
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
    yield from (_charge(each) for each in data.envelopes)


def _priced(of: PricedCollectif) -> str:
    return (
        f"{of.collectif_id} : coût {euros(of.cost)}, Ps {euros(of.ps)} [PRX-01, PRX-04],"
        f" bonus {euros(of.bonus)}"
    )


def cap(of: Cap80) -> Iterator[str]:
    """Yield the lines of the 80 % cap, for a grant or a balance."""
    ceiling = f"Plafond des 80 % [COF-02] : {euros(of.ceiling)}"
    if of.excess:
        cuts = f"{euros(of.cut_from_bonus)} retirés des bonus, {euros(of.cut_from_ps)} de la Ps"
        yield f"{ceiling}, dépassé de {euros(of.excess)} : {cuts}."
    else:
        yield f"{ceiling}, non dépassé."
    if of.reached:
        yield "Les 80 % sont atteints : une personne doit le justifier [COF-03]."


def _charge(of: EnvelopeCharge) -> str:
    return f"Exercice {of.exercise} : {euros(of.amount)}, {STATUSES[of.status]} [ENV-01]."
