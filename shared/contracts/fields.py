"""Description, unit and example of every field of the contract, from one table: `fields.yaml`.

An entry is the name of a field, or `Model.name` where the field means something else there.
"""

from functools import cache
from pathlib import Path
from typing import Any

from shared.contracts.base import WireModel
from shared.yaml import read_yaml

TABLE = Path(__file__).with_name("fields.yaml")
Entry = dict[str, Any]


@cache
def fields() -> dict[str, Entry]:
    """Return the entries of the table: `description`, and `unit` and `example` if any."""
    entries: dict[str, Entry] = read_yaml(TABLE)
    return entries


def entry_name(model: type[WireModel], field: str) -> str | None:
    """Return the entry of a field: that of its model, of a base of the model, or the common one."""
    names = (f"{base.__name__}.{field}" for base in model.__mro__)
    return next((name for name in (*names, field) if name in fields()), None)


def annotations_of(model: type[WireModel], field: str) -> Entry:
    """Return what the schema of a field says for people, in the words of JSON Schema.

    Raises:
        LookupError: the table has no entry.
    """
    name = entry_name(model, field)
    if name is None:
        msg = f"fields.yaml describes no {model.__name__}.{field}"
        raise LookupError(msg)
    entry = fields()[name]
    unit = {"x-unit": entry["unit"]} if "unit" in entry else {}
    examples = {"examples": [entry["example"]]} if "example" in entry else {}
    return {"description": entry["description"], **unit, **examples}
