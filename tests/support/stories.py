"""The contract's stories: given these events in order, then these decisions and entries."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.support.client import INTERNAL, Client, Event, event, name_of, send, until

STORIES = Path(__file__).parent.parent / "stories"
Story = dict[str, Any]

NAMES = tuple(sorted(path.stem for path in STORIES.glob("*.json")))


def load(name: str, caf: str) -> Story:
    """Return a story, moved to a Caf of its own so that it has its own books."""
    text = (STORIES / f"{name}.json").read_text(encoding="utf-8").replace('"761"', f'"{caf}"')
    story: Story = json.loads(text)
    return story


async def play(client: Client, story: Story, caf: str) -> None:
    """Send each event, wait for its answers, and compare everything that was said."""
    for step, given in enumerate(story["given"]):
        at = f"2026-01-01T00:{step:02d}:00Z"  # Of two envelopes the last one by time counts.
        await send(client, event(given["event"], given["data"], time=at))
        told = [_told(each) for each in story["then"] if each["after"] <= step]
        await until(
            lambda told=told: not _missing(told, _heard(client, caf)),  # type: ignore[misc]
            what=f"{story['story']} after event {step}: {_missing(told, _heard(client, caf))}",
        )
    assert sorted(map(_told, story["then"])) == sorted(_heard(client, caf))
    seen = _by_name_and_key(answers(client, caf))
    for each in story["then"]:
        first = seen[_told(each)].pop(0)
        assert _summary(first, each["expect"]) == each["expect"], (story["story"], each["event"])


def _told(expected: dict[str, Any]) -> str:
    return f"{expected['event']} {json.dumps(expected['key'])}"


def _heard(client: Client, caf: str) -> list[str]:
    return [f"{name_of(each)} {json.dumps(_key(each))}" for each in answers(client, caf)]


def _missing(told: list[str], heard: list[str]) -> list[str]:
    rest = list(heard)
    return [each for each in told if each not in rest or rest.remove(each)]  # type: ignore[func-returns-value]


def answers(client: Client, caf: str) -> list[Event]:
    """Return what the services told partners about one Caf."""
    return [
        each
        for each in client.events()
        if str(each.get("source")).startswith("/clas/")
        and each["data"].get("caf") == caf
        and name_of(each) not in INTERNAL
    ]


KEYS = {
    "CampaignRegistered": ("caf", "school_year"),
    "InterimReportRegistered": ("caf", "siret", "school_year"),
    "FundingGranted": ("dossier_id", "school_year"),
    "FundingDeferred": ("dossier_id", "school_year"),
    "AdvanceGranted": ("order_id",),
    "AdvanceRefused": ("order_id",),
    "FundingRefused": ("dossier_id", "school_year"),
    "BalanceSettled": ("dossier_id", "school_year"),
    "BalanceRefused": ("dossier_id", "school_year"),
    "AdjustmentDecided": ("control_id",),
    "AdjustmentRefused": ("control_id",),
    "EnvelopeRegistered": ("caf", "exercise"),
    "FundingAmended": ("dossier_id", "school_year"),
    "FundingCancelled": ("dossier_id", "school_year"),
    "CancellationRefused": ("dossier_id", "school_year"),
    "AdvanceReversed": ("reversal_id",),
    "AdvanceReversalRefused": ("reversal_id",),
    "AgrementAmended": ("amendment_id",),
    "AmendmentRejected": ("amendment_id",),
    "RequestRefused": ("event_type",),
    "AccountingEntryPosted": ("dossier_id", "school_year", "kind", "exercise", "period"),
    "ClosingCompleted": ("caf", "exercise"),
    "ClosingRefused": ("caf", "exercise"),
}


def _key(seen: Event) -> Any:
    values = [seen["data"][field] for field in KEYS.get(name_of(seen), ("dossier_id",))]
    return values if len(values) > 1 else values[0]


def _by_name_and_key(events: list[Event]) -> dict[str, list[Event]]:
    """Return events by what they are about: one may be said again later, with other content."""
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for each in events:
        found[f"{name_of(each)} {json.dumps(_key(each))}"].append(each)
    return found


def _summary(seen: Event, expected: dict[str, Any]) -> dict[str, Any]:
    """Reduce the event that was told to what the story says of it."""
    return SUMMARIES.get(name_of(seen), _nothing)(seen["data"], expected)


def _nothing(_data: dict[str, Any], _expected: dict[str, Any]) -> dict[str, Any]:
    return {}


def _rules(findings: list[dict[str, Any]], outcome: str) -> list[str]:
    return sorted(each["rule"] for each in findings if each["outcome"] == outcome)


def _assessed(data: dict[str, Any], _expected: dict[str, Any]) -> dict[str, Any]:
    return {
        "verdict": data["verdict"],
        "breaches": _rules(data["findings"], "breach"),
        "collectifs": {
            each["collectif_id"]: [
                each["verdict"],
                _rules(each["findings"], "breach"),
                _rules(each["findings"], "derogation"),
            ]
            for each in data["collectifs"]
        },
        "until": data["multi_year_allowed_until"],
    }


def _granted(data: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    cap = data["cap80"]
    return {name: data[name] for name in expected if name not in {"cap80", "collectifs"}} | {
        "cap80": [cap[name] for name in ("ceiling", "excess", "cut_from_bonus", "cut_from_ps")],
        "collectifs": {c["collectif_id"]: [c["ps"], c["bonus"]] for c in data["collectifs"]},
    }


LINE = ("ledger", "account", "debit", "credit", "origin_exercise", "statistical_code")


def _posted(data: dict[str, Any], _expected: dict[str, Any]) -> dict[str, Any]:
    return {"lines": [[line[field] for field in LINE] for line in data["lines"]]}


def _grounds(data: dict[str, Any], _expected: dict[str, Any]) -> dict[str, Any]:
    return {"grounds": [each["rule"] for each in data["grounds"]]}


def _reasons(data: dict[str, Any], _expected: dict[str, Any]) -> dict[str, Any]:
    return {"reasons": [each["rule"] for each in data["reasons"]]}


def _fields(data: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in expected}


def _adjusted(data: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    by_origin = {str(each["exercise"]): each["amount"] for each in data["by_origin"]}
    return _fields(data, expected) | {"by_origin": by_origin}


SUMMARIES = {
    "EligibilityAssessed": _assessed,
    "FundingGranted": _granted,
    "AccountingEntryPosted": _posted,
    "DossierRejected": _grounds,
    "ComplementsRequested": _grounds,
    "CommitteeDecisionRejected": _reasons,
    "AdvanceGranted": _fields,
    "AdvanceRefused": _reasons,
    "BalanceSettled": _fields,
    "BalanceRefused": _reasons,
    "AdjustmentDecided": _adjusted,
    "AdjustmentRefused": _reasons,
    "FundingRefused": _reasons,
    "FundingDeferred": _reasons,
    "FundingAmended": _granted,
    "FundingCancelled": _fields,
    "CancellationRefused": _reasons,
    "AdvanceReversed": _fields,
    "AdvanceReversalRefused": _reasons,
    "DossierWithdrawn": _fields,
    "WithdrawalJudged": _reasons,
    "WithdrawalRefused": _reasons,
    "AgrementRegistered": _fields,
    "AgrementAmended": _fields,
    "AmendmentRejected": _reasons,
    "RequestRefused": _reasons,
}
