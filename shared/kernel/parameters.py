"""Dated parameters from YAML: `values` maps a start year to a value that names its source."""

from importlib.resources import files
from typing import TypeVar

import yaml
from pydantic import BaseModel

from shared.kernel.effective_dated import ByStartYear

M = TypeVar("M", bound=BaseModel)


def load(package: str, name: str, model: type[M]) -> ByStartYear[M]:
    """Read `name`.yaml beside a service.

    Amounts stand as quoted strings, so that none is ever a float.

    Raises:
        pydantic.ValidationError: when a value does not have the form of `model`.
    """
    document = yaml.safe_load(files(package).joinpath(f"{name}.yaml").read_text(encoding="utf-8"))
    values = {year: model.model_validate(value) for year, value in document["values"].items()}
    return ByStartYear(name=name, values=values)
