"""The places of granted projects, and how sheets are written."""

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.funding.reports.communes import Commune, CommunesError, read_communes
from services.funding.reports.places import geojson, granted_places, places
from services.funding.rights import rights_of
from shared.console.tables import Sheet, write_csv
from tests.support import samples, settled
from tests.unit.report.published import CAF

ROUEN = {
    "code": "76540",
    "nom": "Rouen",
    "centre": {"type": "Point", "coordinates": [1.0939, 49.4412]},
}
DATA = (samples.agrement(project__communes=["76540", "76999"]), samples.funding_granted())
COMMUNES = {"76540": Commune("Rouen", (1.0939, 49.4412))}


def test_each_commune_of_a_granted_project_is_a_place() -> None:
    """REP-11: the place of each funded action."""
    granted = granted_places(rights_of(DATA), COMMUNES, "2025-2026")

    assert places(granted, CAF, "2025-2026").rows == (
        (
            *("76540", "Rouen", samples.DOSSIER, "Les Amis de l'école", "Un coup de pouce"),
            *("élémentaire", 1, 10),
        ),
        (
            *("76999", "", samples.DOSSIER, "Les Amis de l'école", "Un coup de pouce"),
            *("élémentaire", 1, 10),
        ),
    )
    assert granted_places(rights_of(DATA[:1]), COMMUNES, "2025-2026") == []
    cancelled = rights_of((*DATA, settled.funding_cancelled()))
    assert granted_places(cancelled, COMMUNES, "2025-2026") == []


def test_a_place_without_a_point_keeps_its_code() -> None:
    collection = geojson(granted_places(rights_of(DATA), COMMUNES, "2025-2026"))

    with_point, without = collection["features"]
    assert collection["type"] == "FeatureCollection"
    assert with_point["geometry"] == {"type": "Point", "coordinates": [1.0939, 49.4412]}
    assert with_point["properties"]["commune_name"] == "Rouen"
    assert without["geometry"] is None
    assert without["properties"]["commune"] == "76999"


FEATURE = {
    "type": "Feature",
    "geometry": ROUEN["centre"],
    "properties": {"code": "76540", "nom": "Rouen"},
}


@pytest.mark.parametrize("content", [[ROUEN], {"type": "FeatureCollection", "features": [FEATURE]}])
def test_both_answers_of_the_geographic_api_are_read(tmp_path: Path, content: Any) -> None:
    path = tmp_path / "communes.json"
    path.write_text(json.dumps(content), encoding="utf-8")

    assert read_communes(path) == COMMUNES


@pytest.mark.parametrize("content", ["", "{}", '[{"code": 1}]', "[1"])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "communes.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(CommunesError, match="is no list of communes"):
        read_communes(path)


def test_csv_holds_plain_amounts_and_no_formula(tmp_path: Path) -> None:
    sheet = Sheet("t", ("Nom", "Montant", "Reste"), (("=1+1", Decimal("-2.50"), None),))

    write_csv(sheet, tmp_path / "rows.csv")

    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["Nom", "Montant", "Reste"], ["'=1+1", "-2.50", ""]]
