"""The text a rule comes from, and the parameter values that a decision read for it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from services.cli.explain.labels import FIELDS, LIST_FIELDS, PARAMETERS
from services.cli.rules.catalogue import citation, documents, rules, title
from shared.counterfactual.decision import StoredDecision
from shared.french import figures

PARAMETERS_OF_RULE: Mapping[str, tuple[str, ...]] = {
    "VER-01": ("edition",),
    "ELI-05": ("public",),
    "ELI-06": ("public",),
    "ELI-11": ("charter",),
    "ELI-12": ("charter",),
    "ELI-12b": ("budget",),
    "ELI-13": ("charter",),
    "ELI-14": ("charter",),
    "ELI-23": ("size",),
    "ELI-23L": ("size",),
    "ELI-27": ("sessions",),
    "ELI-28": ("places",),
    "ELI-30": ("places",),
    "ELI-31": ("public",),
    "ELI-36": ("places",),
    "ENC-01": ("staff",),
    "ENC-04": ("staff",),
    "CAL-03": ("sessions", "autumn_holidays"),
    "PRX-08": ("budget",),
    "PLU-01": ("multi_year",),
    "PLU-02": ("multi_year",),
    "DER-08": ("transition",),
    "BON-01": ("bonus", "bonuses"),
    "BON-02": ("baremes",),
    "PRX-01": ("shares", "baremes"),
    "PRX-07": ("baremes",),
    "COF-02": ("ceilings",),
    "ENV-01": ("shares",),
    "ACO-01": ("ceilings",),
    "ACO-03": ("ceilings",),
    "CTL-02": ("contradictory_periods",),
}


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
    names = PARAMETERS_OF_RULE.get(rule, ("objectives",) if rule.startswith("AXE-") else ())
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
        return f"{FIELDS[key]} {', '.join(map(str, value))}"
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
