"""What the departmental committee decides, once the dossiers were assessed."""

from collections.abc import Iterator, Sequence

from services.cli.demo import phases
from tests.tools.campaign import roster as cast
from tests.tools.campaign.deposits import COMMITTEE, EARLIER_UNTIL
from tests.tools.campaign.dossiers import CAF, SCHOOL_YEAR, Filed, Json, dossier_id
from tests.tools.campaign.events import event
from tests.tools.campaign.rng import Dice

CAMPAIGN_LIMIT = 2027
DURATION_MAX = 4
SENIORITY = 2


def earlier_sitting(covered: Filed) -> Iterator[Json]:
    """Yield the decision of 2024 on the dossier that runs for three years."""
    groups = [group["collectif_id"] for group in covered.data["collectifs"]]
    data = _decision(dossier_id(1, 2024), "2024-10-03", "granted") | {
        "collectifs": groups,
        "multi_year_until": EARLIER_UNTIL,
    }
    yield event(phases.EARLIER_SITTING, "CommitteeDecided", "2024-10-03T17:00:00+02:00", data)


def sitting(dossiers: Sequence[Filed]) -> Iterator[Json]:
    """Yield the decisions of 2 October 2025 on all dossiers that were assessed."""
    for dossier in map(cast.filed, dossiers):
        if dossier.number not in cast.NEVER_ASSESSED:
            data = _on_2_october(dossier)
            if dossier.number == cast.DEROGATION_FORGOTTEN:
                data |= {"derogations_granted": []}
            yield event(phases.SITTING, "CommitteeDecided", "2025-10-02T17:30:00+02:00", data)


def second_sitting(dossiers: Sequence[Filed]) -> Iterator[Json]:
    """Yield the decision that forgot a derogation, corrected a week later."""
    (forgotten,) = (each for each in dossiers if each.number == cast.DEROGATION_FORGOTTEN)
    data = _decided(cast.filed(forgotten), "2025-10-09")
    yield event(phases.SECOND_SITTING, "CommitteeDecided", "2025-10-09T11:00:00+02:00", data)


def last_sitting(dossiers: Sequence[Filed]) -> Iterator[Json]:
    """Yield the decision on the dossier that was put off."""
    (adjourned,) = (each for each in dossiers if each.number == cast.ADJOURNED)
    data = _decided(cast.filed(adjourned), "2025-10-16")
    yield event(phases.LAST_SITTING, "CommitteeDecided", "2025-10-16T17:30:00+02:00", data)


def granted_groups(dossier: Filed) -> list[Json]:
    """Return the groups that the committee grants: not the one with a child too many."""
    groups: list[Json] = dossier.data["collectifs"]
    return groups[1:] if dossier.number == cast.PARTLY_ELIGIBLE else groups


def _on_2_october(dossier: Filed) -> Json:
    if dossier.number != cast.ADJOURNED:
        return _decided(dossier, "2025-10-02")
    return _decision(dossier.dossier_id, "2025-10-02", "adjourned") | {
        "motive": "Le comité souhaite entendre le gestionnaire."
    }


def _decided(dossier: Filed, day: str) -> Json:
    if motive := cast.INELIGIBLE.get(dossier.number) or cast.REFUSED.get(dossier.number):
        return _decision(dossier.dossier_id, day, "refused") | {"motive": motive}
    groups = [group["collectif_id"] for group in granted_groups(dossier)]
    return _decision(dossier.dossier_id, day, "granted") | {
        "collectifs": groups,
        "derogations_granted": _derogations(dossier),
        "bonuses": _bonuses(dossier, groups),
        "multi_year_until": _until(dossier),
    }


def _decision(of: str, day: str, outcome: str) -> Json:
    return {
        "caf": CAF,
        "dossier_id": of,
        "decided_on": day,
        "decided_by": "Secrétariat du comité, Caf de Seine-Maritime",
        "outcome": outcome,
        "motive": None,
        "members_present": COMMITTEE,
        "collectifs": [],
        "derogations_granted": [],
        "bonuses": [],
        "multi_year_until": None,
    }


def _derogations(dossier: Filed) -> list[Json]:
    if dossier.number not in cast.DEROGATIONS:
        return []
    return [{"collectif_id": "C1", "rule": "ELI-27"}]


def _bonuses(dossier: Filed, groups: list[str]) -> list[Json]:
    """Grant what was asked with a specific project; one time in ten the Caf sees no added value."""
    return [
        {"collectif_id": group, "kind": request["kind"]}
        for request in dossier.data["bonus_requests"]
        if request["description"].strip()
        and (
            dossier.number in cast.CAPPED
            or not Dice("bonus refused", dossier.number, request["kind"]).chance(10)
        )
        for group in request["collectifs"]
        if group in groups
    ]


def _until(dossier: Filed) -> str | None:
    """Return the last year that the rules allow, None when it is the dossier's own."""
    asked = dossier.data["multi_year"]
    if not asked:
        return None
    own = int(SCHOOL_YEAR[:4])
    last = min(int(asked["until"][:4]), CAMPAIGN_LIMIT, _own_limit(dossier, own))
    return f"{last}-{last + 1}" if last > own else None


def _own_limit(dossier: Filed, own: int) -> int:
    body = dossier.data["gestionnaire"]
    if period := body["centre_social_agrement"]:
        end = int(period["to"][:4])  # All end on 31 December: that year's June is within.
        return max(own, end - 1)
    since = body["supported_since"]
    old_enough = since is not None and int(since[:4]) <= own - SENIORITY
    return own + DURATION_MAX - 1 if old_enough else own
