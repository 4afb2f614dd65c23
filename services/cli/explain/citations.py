"""The text a rule comes from, and the parameter values that a decision read for it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from services.cli.explain.labels import FIELDS, LIST_FIELDS, PARAMETERS
from services.cli.rules.catalogue import citation, documents, rule_of, rules, title
from shared.contracts.sentences.findings import in_words
from shared.counterfactual.decision import StoredDecision
from shared.french import figures


def text_of(rule: str) -> str:
    """Return the document of a rule and its title, or that it is the service's own."""
    if entry := rules().get(rule):
        return f"{documents()[entry.document].short}, {title(rule)}"
    return title(rule) or "règle propre au service"


def quotation_of(rule: str) -> str:
    """Return the document of a rule and its wording, or that it is the service's own."""
    return citation(rule) or f"règle propre au service : {title(rule) or rule}"


def parameter_texts(rule: str, decision: StoredDecision) -> Iterator[str]:
    """Yield the parameter values that the decision read for a rule, with date and source."""
    entry = rule_of(rule)
    names = entry.parameters if entry else ()
    for read in decision.document["read"]:
        if read["name"] in names and read["value"] is not None:
            yield parameter_text(read)


def parameter_text(read: Mapping[str, Any]) -> str:
    """Return `effectif du collectif (valeur de 2021) : minimum 8, maximum 12 — source`."""
    name, value = PARAMETERS.get(read["name"], read["name"]), read["value"]
    if not isinstance(value, dict):
        return f"{name} ({read['dated']}) : {value}"
    fields = ", ".join(_field(key, field) for key, field in value.items() if key in FIELDS)
    source = value.get("source", "chaque compte a sa source")
    return f"{name} (valeur de {read['dated']}){f' : {fields}' if fields else ''} — {source}"


def _field(key: str, value: Any) -> str:
    if key in LIST_FIELDS:
        return f"{FIELDS[key]} {in_words(', '.join(map(str, value)))}"
    return f"{FIELDS[key]} {_figure(value)}"


def _figure(value: Any) -> str:
    """Return an amount in euros, a share in per cent, any other value as text."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if not isinstance(value, str):
        return str(value)
    try:
        number = Decimal(value)
    except ArithmeticError:
        return value
    if number < 1:
        return f"{(number * 100).normalize():f} %".replace(".", ",")
    return f"{figures(number)} €"
