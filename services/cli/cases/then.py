"""The answers on the dossier of a case, in the labels of a case, from published events."""

from collections.abc import Iterable, Sequence

from services.cli.cases.answer_details import BALANCE, CAP, DETAILS, GRANT, Answers, with_rules
from services.cli.cases.mapping import Document, amount_text
from shared.contracts.labels import ANSWERS, ENTRY_KINDS

PublishedEvent = tuple[str, Document]


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
    for question, names in ANSWERS.items():
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
    return with_rules(label, rules or held)


def _entry(data: Document) -> str:
    """Return `2025/11 acompte · D 6562322410 772,31 · C 467 772,31`, debits first."""
    head = f"{data['exercise']}/{data['period']:02} {ENTRY_KINDS[data['kind']]}"
    return " · ".join([head, *sorted(map(_line, data["lines"]), key=_debits_first)])


def _line(line: Document) -> str:
    side, amount = ("D", line["debit"]) if line["debit"] != "0.00" else ("C", line["credit"])
    return f"{side} {line['account']} {amount_text(amount)}"


def _debits_first(line: str) -> tuple[bool, str]:
    return line.startswith("C"), line


QUESTIONS = (
    *ANSWERS,
    *("éligibilité", "collectifs", "à examiner", "pluriannuel permis jusqu’à"),
    "montants prévus",
    *("agrément jusqu’à", "dérogations accordées", *GRANT, *CAP, "80 % atteints"),
    *("Ps des collectifs", "enveloppes", *BALANCE, "indus", "suite du contrôle"),
    *("montant du contrôle", "contrôle par exercice", "écritures", "années suivantes"),
)
