"""What was settled, and what a control changed, with the rules of each amount."""

from services.cli.dossier.entries import Sentences, item, payee, reasons, sentences
from services.cli.dossier.funding import cap
from shared.contracts.funding import (
    AdjustmentDecided,
    AdjustmentRefused,
    BalanceRefused,
    BalanceSettled,
    SettledCollectif,
)
from shared.french import euros, listed, long_date
from shared.kernel.calendar import start_year

ADJUSTMENTS = {
    "rappel": "un rappel",
    "indu": "un indu",
    "none": "aucun changement",
}


def balance_settled(data: BalanceSettled) -> Sentences:
    """Tell of the final amounts, against the advances, exercise by exercise."""
    first = start_year(data.school_year)
    return sentences(
        (
            f"Solde {data.school_year} : Ps définitive {euros(data.final_ps)}"
            f" et bonus {euros(data.final_bonus)}"
        ),
        f"Comptes du {long_date(data.settled_on)}, pour {payee(data.gestionnaire)}.",
        *(item(_collectif(each)) for each in data.collectifs),
        *cap(data.cap80),
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
        *_indus(data),
    )


def balance_refused(data: BalanceRefused) -> Sentences:
    """Tell of accounts that settle nothing."""
    return sentences(f"Solde {data.school_year} refusé", *reasons(data.reasons))


def adjustment_decided(data: AdjustmentDecided) -> Sentences:
    """Tell of what a control changes, by the exercise that each difference comes from."""
    parts, amount = data.components, abs(data.amount)
    told_amount = "" if data.kind == "none" else f" de {euros(amount)}"
    measures = (f"Mesures : {listed(data.measures)}.",) if data.measures else ()
    return sentences(
        f"Contrôle {data.control_id} : {ADJUSTMENTS[data.kind]}{told_amount}",
        f"Décision du {long_date(data.decided_on)}, pour {payee(data.gestionnaire)} [CTL-06].",
        *(item(f"Exercice {each.exercise} : {euros(each.amount)}") for each in data.by_origin),
        (
            f"Part N {euros(parts.part_n)}, part N+1 {euros(parts.part_n1)}, bonus enfants"
            f" {euros(parts.bonus_enfants)}, bonus parents {euros(parts.bonus_parents)}."
        ),
        *measures,
    )


def adjustment_refused(data: AdjustmentRefused) -> Sentences:
    """Tell of a control that leads to no decision."""
    return sentences(f"Contrôle {data.control_id} sans suite possible", *reasons(data.reasons))


def _collectif(of: SettledCollectif) -> str:
    if not of.ran:
        return f"{of.collectif_id} : n’a pas fonctionné, rien n’est dû"
    return (
        f"{of.collectif_id} : coût réel {euros(of.cost)}, Ps {euros(of.ps)} [PRX-01, PRX-04],"
        f" bonus {euros(of.bonus)}"
    )


def _indus(data: BalanceSettled) -> tuple[str, ...]:
    return tuple(
        item(f"Indu de {euros(each.amount)} à recouvrer sur l’exercice {each.exercise}")
        for each in data.indus
    )
