"""Sentences of an agrement and its amendment, which a Caf and eligibility both send."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from shared.contracts.corrections import AmendmentDecided
from shared.contracts.eligibility import AgrementAmended, AgrementContent, GrantedCollectif
from shared.contracts.labels import AMENDMENT_EFFECTS, BONUS_KINDS, SCHOOL_LEVELS
from shared.contracts.sentences.text import Sentences, budget_line, item, payee, sentences
from shared.contracts.types import BonusKind
from shared.french import counted, euros, listed, long_date

BonusRequests = Mapping[str, tuple[BonusKind, ...]]
"""By collectif, the bonuses requested with a specific project."""


def agrement_sentences(title: str, data: AgrementContent) -> Sentences:
    """Describe an agrement, granted or imported; its period is added to the title."""
    project = data.project
    communes = "commune" if len(project.communes) == 1 else "communes"
    period = (
        f"pour {data.school_year}"
        if data.multi_year_until == data.school_year
        else f"de {data.school_year} à {data.multi_year_until}"
    )
    return sentences(
        f"{title} {period}",
        (
            f"Décision du {long_date(data.decided_on)} pour {payee(data.gestionnaire)} :"
            f" « {project.title} », niveau {SCHOOL_LEVELS[project.school_level]},"
            f" {communes} {listed(project.communes)}."
        ),
        *(item(_granted(collectif)) for collectif in data.collectifs),
        *(f"Dérogation accordée au projet : {rule}." for rule in data.derogations),
        budget_line(data.budget),
        *_cap_justification(data.cap_justification),
    )


def _cap_justification(text: str | None) -> tuple[str, ...]:
    return (f"Justification des 80 % [COF-03] : {text}",) if text else ()


def bonus_not_granted_texts(granted: AgrementContent, requests: BonusRequests) -> Iterator[str]:
    """Yield a sentence per kind of bonus that the committee does not grant, with its collectifs."""
    for kind, label in BONUS_KINDS.items():
        refused = [
            each.collectif_id
            for each in granted.collectifs
            if kind in requests.get(each.collectif_id, ()) and kind not in each.bonuses
        ]
        if refused:
            yield (
                f"{label.capitalize()} demandé pour {listed(refused)}, non accordé par le comité"
                " [BON-06]."
            )


def amendment_effect(data: AmendmentDecided | AgrementAmended) -> str:
    """Return the effect on the agrement, and its first school year.

    Where the action stopped during a school year, the right of that year stands.
    """
    since = "après" if data.ended_on else "à compter de"
    return f"{AMENDMENT_EFFECTS[data.effect]} {since} {data.from_school_year}"


def end_lines(data: AmendmentDecided | AgrementAmended) -> tuple[str, ...]:
    """Return when the action stopped and what stands, no line where it did not stop in a year."""
    if data.ended_on is None:
        return ()
    year, last = data.from_school_year, long_date(data.ended_on)
    if data.effect == "reduced":
        stopped = f"L’action des autres collectifs s’est arrêtée le {last}"
        return (f"{stopped} ; leur droit de {year} demeure [SOL-01].",)
    possible = long_date(data.ended_on + timedelta(days=1))
    right = f"le droit de {year} demeure, comptes possibles dès le {possible} [SOL-01]"
    return (f"L’action s’est arrêtée le {last} ; {right}.",)


def maintained_lines(data: AmendmentDecided | AgrementAmended) -> tuple[str, ...]:
    """Return the collectifs that stay, no line where none does."""
    collectifs = data.collectifs
    return (f"Collectifs maintenus : {listed(collectifs)}.",) if collectifs else ()


def _granted(collectif: GrantedCollectif) -> str:
    extras = [BONUS_KINDS[kind] for kind in collectif.bonuses]
    extras += [f"dérogation {rule}" for rule in collectif.derogations]
    suffix = f", {listed(extras)}" if extras else ""
    children, cost = counted(collectif.children, "enfant"), euros(collectif.forecast_cost)
    return f"{collectif.collectif_id} : {children}, coût prévisionnel {cost}{suffix}"
