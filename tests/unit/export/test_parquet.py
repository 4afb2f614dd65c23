"""The journal as Parquet: typed, streamed in row groups, the same bytes for the same entries."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from services.accounting.exports.formats import parquet
from services.accounting.exports.formats.base import ExportHeader
from services.accounting.exports.formats.csv_file import HEADER
from shared.contracts.accounting import AccountingEntryPosted, ClosingCompleted
from tests.unit.export.journal import LINES, as_entry, closed, entry, head
from tests.unit.report.published import published


def written(path: Path, *entries: Any, batch: ExportHeader | None = None) -> Path:
    file = parquet.ParquetFile(path, batch or head())
    for added in entries:
        file.add(added)
    file.close()
    return path


def test_a_line_is_a_row_with_all_its_columns(tmp_path: Path) -> None:
    result = pq.read_table(written(tmp_path / "a.parquet", entry())).to_pylist()

    common = {
        "sequence": 1,
        "entry_id": "e1",
        "caf": "011",
        "exercise": 2025,
        "period": 11,
        "booked_on": date(2025, 11, 20),
        "kind": "advance",
        "label": "Acompte Clas 2025-2026 – Les Amis de l'école",
        "dossier_id": "ELAN-2025-761-000001",
        "school_year": "2025-2026",
        "siret": "76573991749305",
        "gestionnaire": "Les Amis de l'école",
        "cause_id": "a1",
        "cause_type": "fr.caf.clas.AdvanceGranted.v1",
    }
    assert result == [
        common
        | {
            "ledger": "SF",
            "account": "6562322410",
            "account_label": "Prestation de service Clas",
            "debit": Decimal("772.31"),
            "credit": Decimal("0.00"),
            "origin_exercise": 2025,
            "statistical_code": "81512214",
        },
        common
        | {
            "ledger": "T",
            "account": "467",
            "account_label": "Tiers",
            "debit": Decimal("0.00"),
            "credit": Decimal("772.31"),
            "origin_exercise": None,
            "statistical_code": None,
        },
    ]


def test_amounts_are_decimals_days_are_days_and_words_are_dictionaries(tmp_path: Path) -> None:
    schema = pq.read_schema(written(tmp_path / "a.parquet", entry()))

    assert schema.field("debit").type == schema.field("credit").type == pa.decimal128(20, 2)
    assert schema.field("booked_on").type == pa.date32()
    assert schema.field("sequence").type == pa.int32()
    assert schema.field("account").type == pa.dictionary(pa.int32(), pa.string())
    assert [field.name for field in schema if field.nullable] == [
        "sequence",
        "origin_exercise",
        "statistical_code",
    ]


def test_parquet_and_csv_have_the_same_columns() -> None:
    assert tuple(parquet.SCHEMA.names) == HEADER


def test_the_page_for_analysts_names_every_column_with_its_type() -> None:
    page = (Path(__file__).parents[3] / "docs" / "analysts.md").read_text(encoding="utf-8")

    text = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", page, re.MULTILINE)
    kinds = [
        "dictionary" if pa.types.is_dictionary(field.type) else str(field.type)
        for field in parquet.SCHEMA
    ]
    assert text == list(zip(parquet.SCHEMA.names, kinds, strict=True))


def test_the_largest_amount_of_the_contract_is_held(tmp_path: Path) -> None:
    most = "999999999999999999.99"
    lines = [{**LINES[0], "debit": most}, {**LINES[1], "credit": most}]

    result = pq.read_table(written(tmp_path / "a.parquet", entry(lines=lines)))

    assert result["debit"].to_pylist() == [Decimal(most), Decimal("0.00")]


def test_the_schema_names_the_batch_and_the_head_of_the_chain(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", entry(), batch=head(closed()))

    named = pq.read_schema(path).metadata
    assert {key: named[key] for key in (b"caf", b"exercise", b"batch")} == {
        b"caf": b"011",
        b"exercise": b"2025",
        b"batch": b"3",
    }
    assert named[b"head_hash"] == closed().head_hash.encode()


@pytest.mark.parametrize("closing", [None, closed().model_copy(update={"step": "entries"})])
def test_an_exercise_that_is_not_closed_has_no_number_and_no_head(
    tmp_path: Path, closing: Any
) -> None:
    path = written(tmp_path / "a.parquet", entry(None), batch=head(closing))

    assert pq.read_table(path)["sequence"].to_pylist() == [None, None]
    assert pq.read_schema(path).metadata[b"head_hash"] == b""


def test_rows_go_into_groups_as_they_fill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS_PER_GROUP", 4)
    monkeypatch.setattr(parquet, "ROWS_PER_BATCH", 2)
    path = written(tmp_path / "a.parquet", *map(entry, range(1, 6)))

    file = pq.ParquetFile(path)
    groups = [file.metadata.row_group(each).num_rows for each in range(file.num_row_groups)]
    assert groups == [4, 4, 2]
    assert file.read()["sequence"].to_pylist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_a_journal_without_entries_is_a_file_without_rows(tmp_path: Path) -> None:
    result = pq.read_table(written(tmp_path / "a.parquet"))

    assert (result.num_rows, result.num_columns) == (0, 21)


def test_the_same_entries_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (
        written(tmp_path / name, entry(1), entry(2)).read_bytes() for name in ("a", "b")
    )

    assert first == second


def test_the_sums_of_the_columns_are_the_balance_that_the_closing_published(
    tmp_path: Path,
) -> None:
    posted: list[Any] = [each.data for each in published(AccountingEntryPosted)]
    entries = [as_entry(each) for each in posted if each.exercise == 2026]
    path = written(tmp_path / "a.parquet", *entries)

    table = pq.read_table(path, columns=["ledger", "account", "debit", "credit"])
    sums = table.group_by(["ledger", "account"]).aggregate([("debit", "sum"), ("credit", "sum")])
    closings: list[Any] = [each.data for each in published(ClosingCompleted)]
    (completed,) = (each for each in closings if each.exercise == 2026)
    assert {(row["ledger"], row["account"]): row for row in sums.to_pylist()} == {
        (row.ledger, row.account): {
            "ledger": row.ledger,
            "account": row.account,
            "debit_sum": row.debit,
            "credit_sum": row.credit,
        }
        for row in completed.trial_balance
    }
    assert pc.sum(table["debit"]) == pc.sum(table["credit"])
