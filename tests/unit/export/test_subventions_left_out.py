"""A subsidy that the layout cannot hold: named by its dossier, and the others are published."""

import asyncio
import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import typer
from rich.progress import Progress

from services.funding import queries
from services.funding.exports.scdl import Scope
from services.funding.exports.scdl_command import YearExport
from services.funding.exports.scdl_layout import faults, split_by_layout
from services.funding.rights import rights_of
from shared.contracts.base import WireModel
from shared.exports import delivery
from shared.exports.error_list import UnrepresentableContentError
from shared.exports.pipeline import Control, Draft, ExportRequest, ExportResult
from shared.mongodb.export_register import Batch
from tests.support import samples
from tests.unit.export.test_subventions import CAF_76, of, right

BLANK = {"siret": samples.SIRET, "name": " ", "kind": "association"}
NAMELESS = "Dossier D-2 2025-2026, gestionnaire.name (colonne nomBeneficiaire) : la valeur manque."


def made(
    monkeypatch: pytest.MonkeyPatch, path: Path, *messages: WireModel
) -> tuple[ExportRequest, Control]:
    """Return the request of the open data of these messages, and the control of its file."""

    async def rights(*_: object) -> Any:
        return rights_of(messages)

    monkeypatch.setattr(queries, "rights", rights)
    export = YearExport("761", 2025, CAF_76, Scope(threshold=None))
    request = asyncio.run(export.request(Mock(), Progress()))

    async def control() -> Control:
        return await request.make(path, Mock(spec=Draft))

    return request, asyncio.run(control())


def test_a_blank_name_is_named_by_dossier_and_field_and_the_rest_is_published() -> None:
    rows = of(*right(1), *right(2, gestionnaire=BLANK), *right(3)).rows

    publishable, left_out = split_by_layout(rows, CAF_76)

    assert [row.reference for row, _ in publishable] == ["D-1 2025-2026", "D-3 2025-2026"]
    assert left_out == [NAMELESS]


@pytest.mark.parametrize("name", [" ", "\t\n", "\N{NO-BREAK SPACE}", "\N{EM SPACE} "])
def test_every_name_of_blanks_is_left_out(name: str) -> None:
    _, left_out = split_by_layout(of(*right(2, gestionnaire__name=name)).rows, CAF_76)

    assert left_out == [NAMELESS]


def test_the_year_is_exported_without_the_row_and_the_manifest_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "subventions.csv"

    request, control = made(monkeypatch, path, *right(1), *right(2, gestionnaire=BLANK))

    assert control == {
        "caf": "761",
        "year": 2025,
        "count": 1,
        "amount": "2758.25",
        "left_out": [NAMELESS],
    }
    content = path.read_bytes()
    assert faults(content) == ()
    assert b"D-1 2025-2026" in content
    assert b"D-2" not in content
    whole, _ = made(monkeypatch, path, *right(1))
    assert path.read_bytes() == content
    assert whole.fingerprint != request.fingerprint


def test_without_any_row_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "subventions.csv"

    with pytest.raises(UnrepresentableContentError) as refused:
        made(monkeypatch, path, *right(2, gestionnaire=BLANK))

    assert refused.value.reasons == (NAMELESS,)
    assert not path.exists()


def test_what_is_left_out_of_no_row_is_not_in_the_manifest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, control = made(monkeypatch, tmp_path / "subventions.csv", *right(1))

    assert control == {"caf": "761", "year": 2025, "count": 1, "amount": "2758.25"}


@pytest.mark.parametrize(("left_out", "code"), [([], 0), ([NAMELESS], 1)])
def test_a_batch_that_lacks_a_row_is_delivered_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    left_out: list[str],
    code: int,
) -> None:
    manifest: dict[str, Any] = {"count": 1, "sha256": "0" * 64}
    if left_out:
        manifest["left_out"] = left_out
    batch = Batch("s", 1, "t", "s.csv", "f", json.dumps(manifest).encode())

    async def result(*_: object) -> ExportResult:
        return ExportResult(batch, Path("s-001"), new=True)

    monkeypatch.setattr(delivery, "_result", result)
    options = delivery.ExportOptions(Path(), None, take_over=False)
    try:
        delivery.deliver_batch(Mock(), Mock(), options)
        ended = 0
    except typer.Exit as end:
        ended = end.exit_code

    printed = capsys.readouterr()
    assert ended == code
    assert "s-001 : nouveau lot" in printed.out
    assert printed.err.splitlines() == [f"clas: {sentence}" for sentence in left_out] + (
        ["clas: the file was written without the rows named above"] if left_out else []
    )
