"""The answers on the dossier of a case, in the labels of a case, from published events."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from services.cli.cases.mapping import Document, amount_text
from shared.contracts.eligibility import Verdict
from shared.contracts.labels import ADJUSTMENT_KINDS, ENTRY_KINDS, VERDICTS

PublishedEvent = tuple[str, Document]
Answers = dict[str, Any]

# A case names the rules of a derogation in the same line.
SHORT_VERDICTS = {**VERDICTS, "derogation": "dérogation"}
# The label of an answer without details, by question and event.
OUTCOMES: dict[str, dict[str, str]] = {
    "recevabilité": {
        "DossierHeld": "en attente",
        "DossierReceived": "recevable",
        "DossierRejected": "rejeté",
        "ComplementsRequested": "à compléter",
    },
    "comité": {
        "AgrementGranted": "accordé",
        "AgrementRefused": "refusé",
        "CommitteeAdjourned": "ajourné",
        "CommitteeDecisionRejected": "décision rejetée",
    },
    "financement": {
        "FundingGranted": "accordé",
        "FundingDeferred": "différé",
        "FundingRefused": "refusé",
        "FundingAmended": "modifié",
        "FundingCancelled": "annulé",
        "CancellationRefused": "annulation refusée",
    },
    "convention": {"ConventionRegistered": "enregistrée"},
    "acompte": {
        "AdvanceGranted": "accordé",
        "AdvanceRefused": "refusé",
        "AdvanceReversed": "contrepassé",
        "AdvanceReversalRefused": "contrepassation refusée",
    },
    "solde": {"BalanceSettled": "soldé", "BalanceRefused": "refusé"},
    "contrôle": {"AdjustmentDecided": "décidé", "AdjustmentRefused": "refusé"},
    "retrait": {"DossierWithdrawn": "retiré", "WithdrawalRefused": "refusé"},
    "modification de l’agrément": {
        "AgrementAmended": "enregistrée",
        "AmendmentRejected": "rejetée",
    },
    "autres demandes": {
        "BaremeRegistered": "barème enregistré",
        "EnvelopeRegistered": "enveloppe enregistrée",
        "RequestRefused": "demande refusée",
    },
    "clôture": {"ClosingCompleted": "faite", "ClosingRefused": "refusée"},
}
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


def observed(events: Sequence[PublishedEvent], dossier_id: str, school_year: str) -> Answers:
    """Return the answers of the services on a dossier, by question.

    Those on a later school year of the agrement stand under `années suivantes`.
    """
    ours = [each for each in events if each[1].get("dossier_id", dossier_id) == dossier_id]
    years = sorted({data["school_year"] for _, data in ours if "school_year" in data})
    answers = _answers_of_year(
        [each for each in ours if each[1].get("school_year", school_year) == school_year]
    )
    if later := {
        year: _answers_of_year(_of_year(ours, year)) for year in years if year > school_year
    }:
        answers["années suivantes"] = later
    return answers


def _of_year(events: Iterable[PublishedEvent], school_year: str) -> list[PublishedEvent]:
    return [each for each in events if each[1].get("school_year") == school_year]


def _answers_of_year(events: Sequence[PublishedEvent]) -> Answers:
    answers: Answers = {}
    for question, names in OUTCOMES.items():
        if outcomes := [_outcome(names[name], data) for name, data in events if name in names]:
            answers[question] = outcomes[0] if len(outcomes) == 1 else outcomes
    for name, data in events:
        answers |= DETAILS[name](data) if name in DETAILS else {}
    if entries := [_entry(data) for name, data in events if name == "AccountingEntryPosted"]:
        answers["écritures"] = sorted(entries)
    return answers


def _outcome(label: str, data: Document) -> str:
    """Return `refusé (ACO-01, ACO-04)`."""
    rules = [each["rule"] for each in data.get("reasons") or data.get("grounds") or ()]
    held = ["REC-09"] if "waits_for" in data else []
    return _with_rules(label, rules or held)


def _with_rules(label: str, rules: Iterable[str]) -> str:
    unique = sorted(set(rules))
    return f"{label} ({', '.join(unique)})" if unique else label


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
    return _with_rules(SHORT_VERDICTS[verdict], _rules(findings, outcome))


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


def _entry(data: Document) -> str:
    """Return `2025/11 acompte · D 6562322410 772,31 · C 467 772,31`, debits first."""
    head = f"{data['exercise']}/{data['period']:02} {ENTRY_KINDS[data['kind']]}"
    return " · ".join([head, *sorted(map(_line, data["lines"]), key=_debits_first)])


def _line(line: Document) -> str:
    side, amount = ("D", line["debit"]) if line["debit"] != "0.00" else ("C", line["credit"])
    return f"{side} {line['account']} {amount_text(amount)}"


def _debits_first(line: str) -> tuple[bool, str]:
    return line.startswith("C"), line


DETAILS: dict[str, Callable[[Document], Answers]] = {
    "EligibilityAssessed": _assessed,
    "AgrementGranted": _agrement,
    "FundingGranted": _granted,
    "FundingAmended": _granted,
    "FundingCancelled": _cancelled,
    "BalanceSettled": _settled,
    "AdjustmentDecided": _adjusted,
}
QUESTIONS = (
    *OUTCOMES,
    *("éligibilité", "collectifs", "à examiner", "pluriannuel permis jusqu’à"),
    *("agrément jusqu’à", "dérogations accordées", *GRANT, *CAP, "80 % atteints"),
    *("Ps des collectifs", "enveloppes", *BALANCE, "indus", "suite du contrôle"),
    *("montant du contrôle", "contrôle par exercice", "écritures", "années suivantes"),
)
