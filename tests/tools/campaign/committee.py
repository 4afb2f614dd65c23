"""The decisions of the departmental committee on the assessed dossiers."""

from collections.abc import Iterator, Sequence

from services.cli.demo import phases
from shared.examples import decisions
from tests.tools.campaign import roster
from tests.tools.campaign.deposits import EARLIER_UNTIL
from tests.tools.campaign.dossiers import SCHOOL_YEAR, Dossier, Json, dossier_id
from tests.tools.campaign.events import event, with_author
from tests.tools.campaign.rng import SeededRandom

CAMPAIGN_LIMIT = 2027
DURATION_MAX = 4
SENIORITY = 2
CRITERIA = {
    "diagnosis": "Le besoin est repéré avec les écoles.",
    "charter": True,
    "collective_character": True,
}


def earlier_sitting(covered: Dossier) -> Iterator[Json]:
    """Yield the decision of 2024 on the dossier that runs for three years."""
    collectif_ids = [collectif["collectif_id"] for collectif in covered.data["collectifs"]]
    earlier = covered.data | {"dossier_id": dossier_id(1, 2024)}
    data = _decision(earlier, "2024-10-03", "granted") | {
        "collectifs": collectif_ids,
        "multi_year_until": EARLIER_UNTIL,
    }
    yield event(phases.EARLIER_SITTING, "CommitteeDecided", "2024-10-03T17:00:00+02:00", data)


def sitting(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield the decisions of 2 October 2025 on all dossiers that were assessed."""
    for dossier in map(roster.with_mistakes, dossiers):
        if dossier.number not in roster.NEVER_ASSESSED:
            data = _on_2_october(dossier)
            if dossier.number == roster.DEROGATION_FORGOTTEN:
                data |= {"derogations_granted": []}
            yield event(phases.SITTING, "CommitteeDecided", "2025-10-02T17:30:00+02:00", data)


def second_sitting(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield the corrected decision on the dossier whose derogation was forgotten."""
    (forgotten,) = (
        dossier for dossier in dossiers if dossier.number == roster.DEROGATION_FORGOTTEN
    )
    data = _decided(roster.with_mistakes(forgotten), "2025-10-09")
    yield event(phases.SECOND_SITTING, "CommitteeDecided", "2025-10-09T11:00:00+02:00", data)


def last_sitting(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield the decision on the adjourned dossier."""
    (adjourned,) = (dossier for dossier in dossiers if dossier.number == roster.ADJOURNED)
    data = _decided(roster.with_mistakes(adjourned), "2025-10-16")
    yield event(phases.LAST_SITTING, "CommitteeDecided", "2025-10-16T17:30:00+02:00", data)


def granted_collectifs(dossier: Dossier) -> list[Json]:
    """Return the collectifs that the committee grants: not the one with a child too many."""
    collectifs: list[Json] = dossier.data["collectifs"]
    return collectifs[1:] if dossier.number == roster.PARTLY_ELIGIBLE else collectifs


def _on_2_october(dossier: Dossier) -> Json:
    if dossier.number != roster.ADJOURNED:
        return _decided(dossier, "2025-10-02")
    return _decision(dossier.data, "2025-10-02", "adjourned") | {
        "motive": "Le comité souhaite entendre le gestionnaire."
    }


def _decided(dossier: Dossier, day: str) -> Json:
    if motive := roster.INELIGIBLE.get(dossier.number) or roster.REFUSED.get(dossier.number):
        return _decision(dossier.data, day, "refused") | {"motive": motive}
    collectif_ids = [collectif["collectif_id"] for collectif in granted_collectifs(dossier)]
    return _decision(dossier.data, day, "granted") | {
        "collectifs": collectif_ids,
        "derogations_granted": _derogations(dossier),
        "bonuses": _bonuses(dossier, collectif_ids),
        "multi_year_until": _until(dossier),
    }


def _decision(about: Json, day: str, outcome: str) -> Json:
    """Return a decision that grants nothing yet."""
    changes: Json = {"decided_on": day, "outcome": outcome, "collectifs": [], "bonuses": []}
    number = int(about["dossier_id"].rpartition("-")[2])
    if number in roster.WITHOUT_EDUCATION:
        changes["members_present"] = ["CAF", "DDETS"]
    if number not in roster.WITHOUT_CRITERIA:
        changes["criteria"] = CRITERIA
    author = "Secrétariat du comité, Caf de Seine-Maritime"
    return with_author(decisions.committee(about) | changes, author)


def _derogations(dossier: Dossier) -> list[Json]:
    if dossier.number not in roster.DEROGATIONS:
        return []
    return [{"collectif_id": "C1", "rule": "ELI-27"}]


def _bonuses(dossier: Dossier, collectif_ids: list[str]) -> list[Json]:
    """Return the bonuses granted: requests with a specific project, nine in ten of them."""
    return [
        {"collectif_id": collectif_id, "kind": request["kind"]}
        for request in dossier.data["bonus_requests"]
        if request["description"].strip()
        and (
            dossier.number in roster.CAPPED
            or not SeededRandom("bonus refused", dossier.number, request["kind"]).chance(10)
        )
        for collectif_id in request["collectifs"]
        if collectif_id in collectif_ids
    ]


def _until(dossier: Dossier) -> str | None:
    """Return the last school year that the rules allow, None when it is the dossier's own."""
    requested = dossier.data["multi_year"]
    if not requested:
        return None
    own = int(SCHOOL_YEAR[:4])
    last = min(int(requested["until"][:4]), CAMPAIGN_LIMIT, _own_limit(dossier, own))
    return f"{last}-{last + 1}" if last > own else None


def _own_limit(dossier: Dossier, own: int) -> int:
    gestionnaire = dossier.data["gestionnaire"]
    if period := gestionnaire["centre_social_agrement"]:
        end = int(period["to"][:4])  # All end on 31 December: that year's June is within.
        return max(own, end - 1)
    since = gestionnaire["supported_since"]
    old_enough = since is not None and int(since[:4]) <= own - SENIORITY
    return own + DURATION_MAX - 1 if old_enough else own
