"""The communes of granted projects [REP-11], as a sheet and as GeoJSON."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.funding.reports.communes import Commune
from services.funding.reports.departement import children
from services.funding.rights import Rights
from shared.console.tables import Cell, Sheet
from shared.contracts.common import ProjectSummary
from shared.contracts.funding import FundingGranted
from shared.contracts.labels import SCHOOL_LEVELS

COLUMNS = (
    *("Commune", "Nom", "Dossier", "Gestionnaire", "Projet", "Niveau", "Collectifs", "Enfants"),
)
Communes = Mapping[str, Commune]


@dataclass(frozen=True, slots=True)
class Place:
    """One commune of a granted project; `commune` is None where the list has no such code.

    Collectifs and children are those of the whole project: a collectif has no commune.
    """

    code: str
    commune: Commune | None
    granted: FundingGranted
    project: ProjectSummary
    children: int


def granted_places(rights: Rights, communes: Communes, school_year: str) -> list[Place]:
    """Return the communes of each granted project, by code then dossier."""
    unsorted = [
        Place(code, communes.get(code), right.running_grant, project, children(rights, right))
        for right in rights.of_year(school_year)
        if right.running_grant
        for project in [rights.agrements[right.dossier_id].project]
        for code in project.communes
    ]
    return sorted(unsorted, key=_order)


def places(granted: Iterable[Place], caf: str, school_year: str) -> Sheet:
    """Return one row per commune of each granted project."""
    return Sheet(
        title=f"Lieux des actions financées par la Caf {caf}, année scolaire {school_year}",
        columns=COLUMNS,
        rows=tuple(map(_row, granted)),
    )


def geojson(granted: Iterable[Place]) -> dict[str, Any]:
    """Return a feature per commune of each granted project; without a point it has no geometry."""
    return {"type": "FeatureCollection", "features": list(map(_feature, granted))}


def _row(place: Place) -> tuple[Cell, ...]:
    granted, project = place.granted, place.project
    return (
        place.code,
        place.commune.name if place.commune else "",
        granted.dossier_id,
        granted.gestionnaire.name,
        project.title,
        SCHOOL_LEVELS[project.school_level],
        len(granted.collectifs),
        place.children,
    )


def _feature(place: Place) -> dict[str, Any]:
    point = place.commune.point if place.commune else None
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(point)} if point else None,
        "properties": {
            "commune": place.code,
            "commune_name": place.commune.name if place.commune else None,
            "dossier_id": place.granted.dossier_id,
            "school_year": place.granted.school_year,
            "gestionnaire": place.granted.gestionnaire.name,
            "title": place.project.title,
            "school_level": place.project.school_level,
            "collectifs": len(place.granted.collectifs),
            "children": place.children,
        },
    }


def _order(place: Place) -> tuple[str, str]:
    return (place.code, place.granted.dossier_id)
