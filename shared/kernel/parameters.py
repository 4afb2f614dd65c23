"""Effective-dated parameters from YAML: `values` maps a start year to a value with its source."""

from importlib.resources import files
from typing import TypeVar

import yaml
from pydantic import BaseModel

from shared.kernel.effective_dated import ByStartYear

M = TypeVar("M", bound=BaseModel)


def load(package: str, name: str, model: type[M]) -> ByStartYear[M]:
    """Read `name`.yaml from a service's package.

    Amounts are quoted strings, never floats.

    Raises:
        pydantic.ValidationError: when a value does not match `model`.
    """
    document = yaml.safe_load(files(package).joinpath(f"{name}.yaml").read_text(encoding="utf-8"))
    values = {year: model.model_validate(value) for year, value in document["values"].items()}
    return ByStartYear(name=name, values=values)
