"""Sentences of the decision of a committee."""

from collections.abc import Iterable, Iterator

from shared.contracts.caf import CommitteeCriteria, CommitteeDecided, GrantedBonus
from shared.contracts.labels import BONUS_KINDS, COMMITTEE_OUTCOMES
from shared.contracts.sentences.text import Builders, Sentences, sentences
from shared.contracts.types import BonusKind
from shared.french import listed, long_date, unended

CRITERIA = {
    "diagnosis": "diagnostic",
    "charter": "charte",
    "collective_character": "caractère collectif",
}


def committee_decided(data: CommitteeDecided) -> Sentences:
    """Describe the decision of the committee, as it was sent."""
    lines = [f"Membres présents : {listed(data.members_present)}."]
    if data.outcome == "granted":
        lines += _granted(data)
    if data.motive:
        lines.append(f"Motif : {data.motive}")
    if data.criteria:
        lines += _criteria(data.criteria)
    outcome = COMMITTEE_OUTCOMES[data.outcome]
    return sentences(f"Comité du {long_date(data.decided_on)} : agrément {outcome}", *lines)


def _bonuses(granted: Iterable[GrantedBonus]) -> list[str]:
    """Return a line per kind of bonus, with its collectifs."""
    by_kind: dict[BonusKind, list[str]] = {}
    for bonus in granted:
        by_kind.setdefault(bonus.kind, []).append(bonus.collectif_id)
    return [
        f"{BONUS_KINDS[kind].capitalize()} pour {listed(ids)}." for kind, ids in by_kind.items()
    ]


def _granted(data: CommitteeDecided) -> Iterator[str]:
    """Yield what an agrement grants; a refusal that repeats it grants nothing."""
    if data.collectifs:
        yield f"Collectifs retenus : {listed(data.collectifs)}."
    for granted in data.derogations_granted:
        yield f"Dérogation accordée : {granted.rule} pour {granted.collectif_id or 'le projet'}."
    yield from _bonuses(data.bonuses)
    if data.multi_year_until:
        yield f"Période : jusqu’à {data.multi_year_until}."


def _criteria(criteria: CommitteeCriteria) -> list[str]:
    values = {name: getattr(criteria, name) for name in CRITERIA}
    labels = {True: "oui", False: "non"}
    return [
        f"Critère {CRITERIA[name]} [COM-08] : {unended(labels.get(value, value))}."
        for name, value in values.items()
        if value is not None
    ]


SENTENCES: Builders = {CommitteeDecided: committee_decided}
