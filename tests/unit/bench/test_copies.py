"""Copied documents can be read, and none has the id or the position of another."""

from itertools import islice
from typing import Any

import bson
import pytest
from bson import Int64
from bson.raw_bson import RawBSONDocument

from tests.bench.copies import copies_of, is_copied

UUID = "ba2a45a4-5796-5013-b5f1-4b4609c569e9"
BODY = b'{"dossier_id": "DEMO-76-2025-001"}'


def copied(document: dict[str, Any], count: int = 3) -> list[dict[str, Any]]:
    raw = RawBSONDocument(bson.encode(document))
    return [bson.decode(bytes(copy.raw)) for copy in islice(copies_of([raw]), count)]


@pytest.mark.parametrize("key", ["DEMO-76-2025-001|761", UUID, "ACO-2025-001-1"])
def test_each_copy_of_a_state_has_an_id_and_a_dossier_of_its_own(key: str) -> None:
    copies = copied({"_id": key, "dossier_id": "DEMO-76-2025-001", "order_id": key})

    assert (
        len({copy["_id"] for copy in copies}) == len({copy["dossier_id"] for copy in copies}) == 3
    )
    assert all(copy["order_id"] == copy["_id"] for copy in copies)


def test_each_copy_of_a_record_lies_before_the_one_before() -> None:
    record = {
        "_id": {"p": "development", "i": UUID, "n": 0},
        "position": Int64(10**15),
        "body": BODY,
    }

    copies = copied(record)

    positions = [copy["position"] for copy in copies]
    assert positions == sorted(set(positions), reverse=True)
    assert len({copy["_id"]["i"] for copy in copies}) == len({copy["body"] for copy in copies}) == 3
    assert {len(bson.encode(copy)) for copy in copies} == {len(bson.encode(record))}


@pytest.mark.parametrize("key", [{"i": UUID}, "DEMO-76-2025-001"])
def test_what_is_about_a_dossier_is_copied_also_from_a_view_of_an_answer(key: Any) -> None:
    raw = bson.encode({"_id": key, "body": BODY})

    assert is_copied(RawBSONDocument(raw))
    assert is_copied(RawBSONDocument(memoryview(raw)))


def test_what_belongs_to_a_whole_caf_is_not_copied() -> None:
    assert not is_copied(RawBSONDocument(bson.encode({"_id": "761", "body": BODY})))
    assert not is_copied(RawBSONDocument(bson.encode({"_id": UUID, "body": b"{}"})))
