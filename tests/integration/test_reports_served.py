"""Reports and simulation on what running services keep."""

import csv
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from deploy.embedded import Servers
from tests.support import samples
from tests.support.client import event
from tests.support.command_line import Done, Stage, staged
from tests.unit.report.published import interleaved_requests

pytestmark = pytest.mark.servers
CAF = ("--caf", "761")
WAYS = ("tab-utf-8", "pipe-iso-8859-15")
YEAR = ("--school-year", "2025-2026")


@pytest.fixture
def stage(real_servers: Servers, tmp_path: Path) -> Iterator[Stage]:
    """A broker as on its first day, and empty databases."""
    with staged(real_servers, tmp_path) as stage:
        yield stage


def words(done: Done) -> str:
    """Return what was printed, with one space between words."""
    return " ".join(done.stdout.split())


def test_three_lives_and_one_that_waits_are_reported_and_simulated(stage: Stage) -> None:
    stage.start("serve", "all")
    lives = [event(each["event"], each["data"]) for each in interleaved_requests()]
    later = {"school_year": "2026-2027", "multi_year_until": "2026-2027"}
    waits = samples.agrement(dossier_id="WAITS", **later).model_dump(mode="json")
    stage.clas("publish", "--step", stage.file(*lives))
    stage.clas("publish", "--any", "--step", stage.file(event("AgrementGranted", waits)))
    _departement(stage)
    _places(stage)
    _accruals(stage)
    _bilans_and_waiting(stage)
    _envelopes(stage)
    _simulation(stage)
    _exports_for_analysts(stage)
    _fec(stage)
    _open_data(stage)


def _exports_for_analysts(stage: Stage) -> None:
    """The files add up to the balance that the closing of 2026 published."""
    of_2026 = (*CAF, "--exercise", "2026", "--to", str(stage.folder))
    for form in ("csv", "parquet"):
        assert "nouveau lot" in stage.clas("export", form, *of_2026).stdout
    path = stage.folder / "csv-761-2026-001" / "clas-761-2026.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    manifest = json.loads((path.parent / "manifest.json").read_bytes())
    sides = [sum(Decimal(row[side]) for row in rows) for side in ("debit", "credit")]
    assert sides == [Decimal(manifest["debit"]), Decimal(manifest["credit"])]
    assert all(row["gestionnaire"] and row["account_label"] for row in rows)
    table = pq.read_table(stage.folder / "parquet-761-2026-001" / "clas-761-2026.parquet")
    assert table["entry_id"].to_pylist() == [row["entry_id"] for row in rows]
    assert table["debit"].to_pylist() == [Decimal(row["debit"]) for row in rows]


def _fec(stage: Stage) -> None:
    """Each separator and encoding is a series; the same bytes again; the file can be verified."""
    command = ("export", "fec", *CAF, "--siren", "775672272", "--to", str(stage.folder))
    of_2026 = (*command, "--exercise", "2026")
    assert "nouveau lot" in stage.clas(*of_2026).stdout
    assert "rendu à l’identique" in stage.clas(*of_2026).stdout
    old = ("--separator", "pipe", "--encoding", "iso-8859-15")
    assert "absent de la norme ISO 8859-15" in stage.clas(*of_2026, *old).stdout
    folders = [stage.folder / f"fec-{way}-761-2026-001" for way in WAYS]
    files = [folder / "775672272FEC20261231.txt" for folder in folders]
    described = files[0].with_name("775672272FEC20261231-description.txt")
    assert "18. Idevise" in described.read_text(encoding="utf-8")
    verified = stage.clas("export", "verify", *map(str, (*folders, *files))).stdout
    assert verified.count(" : accepté.") == 2
    refused = stage.clas(*command, "--exercise", "2027", code=1)
    assert "2027 of Caf 761 is not closed" in refused.stderr
    stranger = ("--caf", "762", "--exercise", "2026", "--siren", "775672272")
    refused = stage.clas("export", "fec", *stranger, code=1)
    assert "no books of Caf 762; it has those of: 761" in refused.stderr


def _open_data(stage: Stage) -> None:
    """None of the three is beyond the threshold; with --all all are, and again the same bytes."""
    caf = ("--siret", "78213456300017", "--name", "Caf de la Seine-Maritime")
    command = ("export", "subventions", *CAF, "--year", "2025", *caf, "--to", str(stage.folder))
    refused = stage.clas(*command, code=1).stderr
    assert "nothing to export" in refused
    assert "--all gives every subsidy" in refused
    assert "nouveau lot" in stage.clas(*command, "--all").stdout
    path = stage.folder / "subventions-761-2025-001" / "subventions-761-2025.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    # Ps 2 758,25 + 2 600,00 + 2 600,00, and the one bonus of 634,00.
    assert sorted(row["montant"] for row in rows) == ["2600.00", "2600.00", "3392.25"]
    manifest = json.loads((path.parent / "manifest.json").read_bytes())
    assert (manifest["count"], manifest["amount"]) == (3, "8592.25")
    assert "rendu à l’identique" in stage.clas(*command, "--all").stdout


def _departement(stage: Stage) -> None:
    file = stage.folder / "departement.csv"
    printed = words(stage.clas("report", "departement", *CAF, *YEAR, "--csv", str(file)))
    assert "Total 3 3 3 30 7 958,25 634,00 2 658,77 6 512,25 0" in printed
    with file.open(encoding="utf-8", newline="") as rows:
        assert [row["Soldé"] for row in csv.DictReader(rows)] == ["6512.25"]


def _places(stage: Stage) -> None:
    communes, drawn = stage.folder / "communes.json", stage.folder / "places.geojson"
    centre = {"type": "Point", "coordinates": [0.9526, 49.5459]}
    listed = [{"code": "76075", "nom": "Bierville", "centre": centre}]
    communes.write_text(json.dumps(listed), encoding="utf-8")
    files = ("--communes", str(communes), "--geojson", str(drawn))
    assert "76075 Bierville ELAN-2025-761-000001" in words(
        stage.clas("report", "places", *CAF, *YEAR, *files)
    )
    features = json.loads(drawn.read_bytes())["features"]
    assert [each["geometry"] for each in features] == [centre, None, None]


def _accruals(stage: Stage) -> None:
    printed = words(stage.clas("report", "accruals", *CAF, "--exercise", "2025"))
    assert "Total 3 183,30 1 500,31 1 682,99 1 240,99 442,00" in printed


def _bilans_and_waiting(stage: Stage) -> None:
    printed = words(stage.clas("report", "bilans", *CAF, *YEAR, "--on", "2026-10-01"))
    assert "reçu : 3, reçu en retard : 0, attendu : 0, manquant : 3" in printed
    printed = words(stage.clas("report", "waiting", *CAF, "--on", "2026-10-01"))
    assert re.search(r"WAITS .* 2026-2027 le barème de l'année [0-9/]{10} \[PRX-07\]", printed)
    assert "au 01/10/2026 : 1 " in printed


def _envelopes(stage: Stage) -> None:
    printed = words(stage.clas("envelopes", *CAF))
    assert "2025 non limité 3 183,30 2 351,30 0 0,00" in printed
    assert "2026 non limité 5 408,95 4 160,95 0 0,00" in printed
    assert "Liste d'attente de la Caf 761 : 0" in printed
    assert (
        "no envelope and no grant of Caf 451"
        in stage.clas("envelopes", "--caf", "451", code=1).stderr
    )


def _simulation(stage: Stage) -> None:
    # What was settled, decided again with another plafond: 01 alone costs that much.
    printed = words(stage.clas("simulate", *YEAR, "--plafond", "9000"))
    assert "Total 3 6 045,00 634,00 6 512,25 6 679,00 +166,75 +2,6 0" in printed
    assert "redonnent ce qui est enregistré : 3 droits, 6 512,25 €" in printed
    assert stage.clas("report", "departement", *CAF, *YEAR).stdout.count("6 512,25") == 2
