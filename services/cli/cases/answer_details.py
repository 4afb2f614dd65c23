"""The details of the answers in a case: verdicts, amounts, derogations."""

from collections.abc import Callable, Iterable
from typing import Any

from services.cli.cases.mapping import Document, amount_text
from shared.contracts.eligibility import Verdict
from shared.contracts.forecasts import FundingForecast
from shared.contracts.labels import ADJUSTMENT_KINDS, VERDICTS

Answers = dict[str, Any]

# A case names the rules of a derogation in the same line.
SHORT_VERDICTS = {**VERDICTS, "derogation": "dérogation"}
GRANT = {
    "Ps": "ps_total",
    "bonus": "bonus_total",
    "bonus enfants": "bonus_enfants",
    "bonus parents": "bonus_parents",
    "part N": "part_n",
    "part N+1": "part_n1",
    "plafond d’acompte N": "advance_ceiling_n",
    "plafond d’acompte N+1": "advance_ceiling_n1",
}
FORECAST = {label: field for label, field in GRANT.items() if field in FundingForecast.model_fields}
CAP = {
    "plafond des 80 %": "ceiling",
    "dépassement des 80 %": "excess",
    "retranché des bonus": "cut_from_bonus",
    "retranché de la Ps": "cut_from_ps",
}
BALANCE = {
    "Ps finale": "final_ps",
    "part N finale": "final_part_n",
    "part N+1 finale": "final_part_n1",
    "bonus final": "final_bonus",
    "reste à verser": "net",
}


def _assessed(data: Document) -> Answers:
    collectifs = data["collectifs"]
    findings = [*data["findings"], *(f for each in collectifs for f in each["findings"])]
    answers: Answers = {
        "éligibilité": _verdict(data["verdict"], findings),
        "collectifs": {
            c["collectif_id"]: _verdict(c["verdict"], c["findings"]) for c in collectifs
        },
        "pluriannuel permis jusqu’à": data["multi_year_allowed_until"],
    }
    if reviews := _rules(findings, "review"):
        answers["à examiner"] = reviews
    return answers


def _verdict(verdict: Verdict, findings: list[Document]) -> str:
    outcome = "breach" if verdict == "ineligible" else "derogation"
    return with_rules(SHORT_VERDICTS[verdict], _rules(findings, outcome))


def with_rules(label: str, rules: Iterable[str]) -> str:
    """Return `refusé (ACO-01, ACO-04)`."""
    unique = sorted(set(rules))
    return f"{label} ({', '.join(unique)})" if unique else label


def _rules(findings: Iterable[Document], outcome: str) -> list[str]:
    return sorted({each["rule"] for each in findings if each["outcome"] == outcome})


def _agrement(data: Document) -> Answers:
    return {
        "agrément jusqu’à": data["multi_year_until"],
        "dérogations accordées": [
            *data.get("derogations", ()),
            *(
                f"{rule} ({c['collectif_id']})"
                for c in data["collectifs"]
                for rule in c["derogations"]
            ),
        ],
    }


def _granted(data: Document) -> Answers:
    return {
        **_amounts(GRANT, data),
        **_amounts(CAP, data["cap80"]),
        "80 % atteints": "oui" if data["cap80"]["reached"] else "non",
        "Ps des collectifs": {
            item["collectif_id"]: amount_text(item["ps"]) for item in data["collectifs"]
        },
        "enveloppes": {
            str(item["exercise"]): amount_text(item["amount"]) for item in data["envelopes"]
        },
    }


def _forecast(data: Document) -> Answers:
    return {"montants prévus": _amounts(FORECAST, data)}


def _settled(data: Document) -> Answers:
    return {**_amounts(BALANCE, data), "indus": _by_exercise(data["indus"])}


def _adjusted(data: Document) -> Answers:
    return {
        "suite du contrôle": ADJUSTMENT_KINDS[data["kind"]],
        "montant du contrôle": amount_text(data["amount"]),
        "contrôle par exercice": _by_exercise(data["by_origin"]),
    }


def _cancelled(data: Document) -> Answers:
    return {"indus": _by_exercise(data["indus"])}


def _amounts(labels: dict[str, str], data: Document) -> Answers:
    return {label: amount_text(data[field]) for label, field in labels.items()}


def _by_exercise(amounts: Iterable[Document]) -> dict[str, str]:
    return {str(each["exercise"]): amount_text(each["amount"]) for each in amounts}


DETAILS: dict[str, Callable[[Document], Answers]] = {
    "EligibilityAssessed": _assessed,
    "AgrementGranted": _agrement,
    "FundingForecast": _forecast,
    "FundingGranted": _granted,
    "FundingAmended": _granted,
    "FundingCancelled": _cancelled,
    "BalanceSettled": _settled,
    "AdjustmentDecided": _adjusted,
}
