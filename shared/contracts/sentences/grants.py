"""Sentences of a grant, with the rules of each amount."""

from collections.abc import Iterable, Iterator

from shared.contracts.forecasts import FundingForecast
from shared.contracts.funding import (
    Cap80,
    EnvelopeCharge,
    FundingAmended,
    FundingDeferred,
    FundingGranted,
    FundingRefused,
    PricedCollectif,
)
from shared.contracts.labels import CHARGE_STATUSES
from shared.contracts.sentences.text import (
    Builders,
    Sentences,
    item,
    payee,
    reason_lines,
    remark_lines,
    school_year,
    sentences,
)
from shared.french import euros, long_date, unended


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


def _totals(data: FundingGranted) -> str:
    return f"Ps {euros(data.ps_total)} et bonus {euros(data.bonus_total)}"


def _nth(rank: int) -> str:
    return "1re" if rank == 1 else f"{rank}e"


def _grant_lines(data: FundingGranted) -> Iterator[str]:
    yield (
        f"Pour {payee(data.gestionnaire)}, {data.school_year} ; barème"
        f" {school_year(data.bareme.start_year)} ({unended(data.bareme.source)}) [PRX-07]."
    )
    yield from collectif_lines(data.collectifs)
    yield from cap_lines(data.cap80)
    yield (
        f"Bonus après plafonnement : enfants {euros(data.bonus_enfants)}, parents"
        f" {euros(data.bonus_parents)}."
    )
    yield from split_lines(data)
    yield from (_charge_line(charge) for charge in data.envelopes)
    yield from remark_lines(data.remarks)


def collectif_lines(collectifs: Iterable[PricedCollectif]) -> Iterator[str]:
    """Yield the price of each collectif, for a grant or a forecast."""
    yield from (item(_priced_collectif(collectif)) for collectif in collectifs)


def _priced_collectif(collectif: PricedCollectif) -> str:
    return (
        f"{collectif.collectif_id} : coût {euros(collectif.cost)},"
        f" Ps {euros(collectif.ps)} [PRX-01, PRX-04], bonus {euros(collectif.bonus)}"
    )


def split_lines(data: FundingGranted | FundingForecast) -> Iterator[str]:
    """Yield the part of each exercise and its advances, for a grant or a forecast."""
    first = data.bareme.start_year
    yield (
        f"Part {first} (4/10) : {euros(data.part_n)} ; part {first + 1} (6/10) :"
        f" {euros(data.part_n1)}, bonus en sus [ENV-01, BON-14]."
    )
    yield (
        f"Acomptes possibles : {euros(data.advance_ceiling_n)} sur {first} [ACO-01],"
        f" {euros(data.advance_ceiling_n1)} sur {first + 1} [ACO-03]."
    )


def cap_lines(cap: Cap80) -> Iterator[str]:
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
    status = CHARGE_STATUSES[charge.status]
    return f"Exercice {charge.exercise} : {euros(charge.amount)}, {status} [ENV-01]."


SENTENCES: Builders = {
    FundingGranted: funding_granted,
    FundingDeferred: funding_deferred,
    FundingRefused: funding_refused,
    FundingAmended: funding_amended,
}
