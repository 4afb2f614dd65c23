"""The stories of the contract: given these events in order, then these decisions and entries."""

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.support.client import INTERNAL, Client, Event, event, name_of, send, until

STORIES = Path(__file__).parent.parent / "stories"
Story = dict[str, Any]

ADDITIONS = {"FundingForecast"}
"""Answers that the contract's first stories do not have."""

NAMES = tuple(sorted(path.stem for path in STORIES.glob("*.json")))


def load(name: str, caf: str) -> Story:
    """Return a story, moved to a Caf of its own so that it has its own books.

    Communes of the Caf's department move with it [ELI-40].
    """
    text = (STORIES / f"{name}.json").read_text(encoding="utf-8").replace('"761"', f'"{caf}"')
    text = re.sub(r'"76(\d{3})"', rf'"{caf[:2]}\1"', text)
    story: Story = json.loads(text)
    return story


async def play(client: Client, story: Story, caf: str) -> None:
    """Send each event, wait for its answers, and compare all answers with the story.

    A story of before the forecast names none, and none is compared.
    """
    later = ADDITIONS - {answer["event"] for answer in story["then"]}
    for step, request in enumerate(story["given"]):
        at = f"2026-01-01T00:{step:02d}:00Z"  # Of two envelopes the last one by time counts.
        await send(client, event(request["event"], request["data"], time=at))
        due = [_label(answer) for answer in story["then"] if answer["after"] <= step]
        await until(
            lambda due=due: not _missing(due, _received(client, caf)),  # type: ignore[misc]
            what=f"{story['story']} after event {step}: {_missing(due, _received(client, caf))}",
        )
    received = [label for label in _received(client, caf) if label.split()[0] not in later]
    assert sorted(map(_label, story["then"])) == sorted(received)
    by_key = _by_name_and_key(answers(client, caf))
    for answer in story["then"]:
        first = by_key[_label(answer)].pop(0)
        assert _summary(first, answer["expect"]) == answer["expect"], (
            story["story"],
            answer["event"],
        )


def _label(expected: dict[str, Any]) -> str:
    return f"{expected['event']} {json.dumps(expected['key'])}"


def _received(client: Client, caf: str) -> list[str]:
    return [f"{name_of(each)} {json.dumps(_key(each))}" for each in answers(client, caf)]


def _missing(expected: list[str], received: list[str]) -> list[str]:
    rest = list(received)
    return [each for each in expected if each not in rest or rest.remove(each)]  # type: ignore[func-returns-value]


def answers(client: Client, caf: str) -> list[Event]:
    """Return the events that the services published to partners about one Caf."""
    return [
        published
        for published in client.events()
        if str(published.get("source")).startswith("/clas/")
        and published["data"].get("caf") == caf
        and name_of(published) not in INTERNAL
    ]


KEYS = {
    "CampaignRegistered": ("caf", "school_year"),
    "InterimReportRegistered": ("caf", "siret", "school_year"),
    "FundingForecast": ("dossier_id", "school_year"),
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


def _key(published: Event) -> Any:
    values = [published["data"][field] for field in KEYS.get(name_of(published), ("dossier_id",))]
    return values if len(values) > 1 else values[0]


def _by_name_and_key(events: list[Event]) -> dict[str, list[Event]]:
    """Return events by name and key: one key may come again later, with other content."""
    by_key: defaultdict[str, list[Event]] = defaultdict(list)
    for published in events:
        by_key[f"{name_of(published)} {json.dumps(_key(published))}"].append(published)
    return by_key


def _summary(published: Event, expected: dict[str, Any]) -> dict[str, Any]:
    """Reduce an event to the fields that the story compares."""
    return SUMMARIES.get(name_of(published), _nothing)(published["data"], expected)


def _nothing(_data: dict[str, Any], _expected: dict[str, Any]) -> dict[str, Any]:
    return {}


def _rules(findings: list[dict[str, Any]], outcome: str) -> list[str]:
    return sorted(each["rule"] for each in findings if each["outcome"] == outcome)


def _assessed(data: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    places = {"project": data["findings"]}
    places |= {each["collectif_id"]: each["findings"] for each in data["collectifs"]}
    reviews = {name: _rules(places[name], "review") for name in expected.get("reviews", {})}
    return ({"reviews": reviews} if reviews else {}) | {
        "verdict": data["verdict"],
        "breaches": _rules(data["findings"], "breach"),
        "collectifs": {
            collectif["collectif_id"]: [
                collectif["verdict"],
                _rules(collectif["findings"], "breach"),
                _rules(collectif["findings"], "derogation"),
            ]
            for collectif in data["collectifs"]
        },
        "until": data["multi_year_allowed_until"],
    }


ENVELOPE = ("exercise", "amount", "allotted", "granted", "waiting", "left")


def _granted(data: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    cap = data["cap80"]
    others = {name: each for name, each in expected.items() if name not in {"cap80", "collectifs"}}
    return _fields(data, others) | {
        "cap80": [cap[name] for name in ("ceiling", "excess", "cut_from_bonus", "cut_from_ps")],
        "collectifs": {c["collectif_id"]: [c["ps"], c["bonus"]] for c in data["collectifs"]},
    }


def _forecast(data: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    rows = [[each[name] for name in ENVELOPE] for each in data["envelopes"]]
    return _granted(data, expected) | ({"envelopes": rows} if "envelopes" in expected else {})


LINE = ("ledger", "account", "debit", "credit", "origin_exercise", "statistical_code")


def _posted(data: dict[str, Any], _expected: dict[str, Any]) -> dict[str, Any]:
    return {"lines": [[line[field] for field in LINE] for line in data["lines"]]}


def _grounds(data: dict[str, Any], _expected: dict[str, Any]) -> dict[str, Any]:
    return {"grounds": [each["rule"] for each in data["grounds"]]}


def _reasons(data: dict[str, Any], _expected: dict[str, Any]) -> dict[str, Any]:
    return {"reasons": [each["rule"] for each in data["reasons"]]}


def _fields(data: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    fields = {name: data[name] for name in expected}
    if "remarks" in fields:
        fields["remarks"] = sorted(remark["rule"] for remark in fields["remarks"])
    return fields


def _adjusted(data: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    by_origin = {str(each["exercise"]): each["amount"] for each in data["by_origin"]}
    return _fields(data, expected) | {"by_origin": by_origin}


SUMMARIES = {
    "EligibilityAssessed": _assessed,
    "FundingForecast": _forecast,
    "FundingGranted": _granted,
    "AgrementGranted": _fields,
    "DossierReceived": _fields,
    "DossierHeld": _fields,
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
