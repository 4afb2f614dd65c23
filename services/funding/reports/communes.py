"""Communes by INSEE code, with name and centre, from the government's geographic API.

Reads either answer of `https://geo.api.gouv.fr/communes`: `?fields=code,nom,centre`, or
`?fields=code,nom&format=geojson&geometry=centre`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

Longitude = float
Latitude = float


class CommunesError(ValueError):
    """The file is not a list of communes; the message says why."""


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune: its name, and the longitude and latitude of its centre (WGS 84)."""

    name: str
    point: tuple[Longitude, Latitude] | None


class _Point(BaseModel):
    type: Literal["Point"]
    coordinates: tuple[Longitude, Latitude]


class _Listed(BaseModel):
    code: str
    nom: str
    centre: _Point | None = None


class _Feature(BaseModel):
    geometry: _Point | None
    properties: _Listed


class _Collection(BaseModel):
    type: Literal["FeatureCollection"]
    features: list[_Feature] = Field(default_factory=list)


FORMS: TypeAdapter[list[_Listed] | _Collection] = TypeAdapter(list[_Listed] | _Collection)


def read_communes(path: Path) -> dict[str, Commune]:
    """Return the communes of a file by INSEE code.

    Raises:
        OSError: when it cannot be read.
        CommunesError: when it is not an answer of the API.
    """
    try:
        content = FORMS.validate_json(path.read_bytes())
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise CommunesError(f"{path} is no list of communes: {place}: {first['msg']}") from None
    if isinstance(content, _Collection):
        return {
            feature.properties.code: _commune(feature.properties, feature.geometry)
            for feature in content.features
        }
    return {feature.code: _commune(feature, feature.centre) for feature in content}


def _commune(listed: _Listed, point: _Point | None) -> Commune:
    return Commune(listed.nom, point.coordinates if point else None)
