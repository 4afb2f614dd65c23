"""The dated parameters of a service: read from YAML, and recorded as decisions read them.

In YAML, `values` maps a start year to a value with its source.
"""

import hashlib
from dataclasses import fields, is_dataclass, replace
from importlib.resources import files
from typing import Any, TypeVar

from pydantic import BaseModel, StrictInt, TypeAdapter
from pydantic_core import to_json

from shared.kernel.effective_dated import ByStartYear, ParameterRead
from shared.yaml import read_yaml

M = TypeVar("M", bound=BaseModel)
P = TypeVar("P")


def load(package: str, name: str, model: type[M]) -> ByStartYear[M]:
    """Read `name`.yaml from a service's package.

    Raises:
        YamlError: when the file is not YAML 1.2, or gives two values for a year or a name.
        pydantic.ValidationError: when a start year is no integer, or a value not a `model`.
    """
    document = read_yaml(files(package).joinpath(f"{name}.yaml"))
    rows = TypeAdapter(dict[StrictInt, Any]).validate_python(document["values"])
    values = {year: model.model_validate(row) for year, row in rows.items()}
    return ByStartYear(name=name, values=values)


def recorded(parameters: P, reads: dict[ParameterRead, None]) -> P:
    """Return a dataclass of parameters with each dated field named after it, recorded in `reads`.

    A decision is synchronous and each worker has its own record: it is emptied before a decision.
    """
    dated = {
        name: replace(
            values, name=name, json={y: to_json(v) for y, v in values.values.items()}, reads=reads
        )
        for name, values in _dated_fields(parameters).items()
    }
    return replace(parameters, **dated) if dated else parameters  # type: ignore[type-var]


def digest(parameters: Any) -> str:
    """Return the SHA-256 of all dated values: equal for equal parameters."""
    lines = sorted(
        b"%s %d %s" % (name.encode(), year, to_json(value))
        for name, values in _dated_fields(parameters).items()
        for year, value in values.values.items()
    )
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def _dated_fields(parameters: Any) -> dict[str, ByStartYear[Any]]:
    if not is_dataclass(parameters):
        return {}
    values = {field.name: getattr(parameters, field.name) for field in fields(parameters)}
    return {name: value for name, value in values.items() if isinstance(value, ByStartYear)}
