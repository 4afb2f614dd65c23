"""Forgeries: documents changed together with their hashes, and the violations expected."""

import hashlib
from collections.abc import Callable
from typing import Any

import orjson

from tests.support.tampering import DatabaseEditor, Document, Expectations, rewrite

ADDED = {"_id", "_v", "_form"}
"""What the store adds to the content of a state."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def writer_of(editor: DatabaseEditor, service: str, collection: str, state: Document) -> Document:
    """Return the record of the decision that left a state."""
    left = (collection, state["_id"], state["_v"])
    for record in editor.all(service, "inbox", {}):
        for output in orjson.loads(record["receipt"]["personal"]["content"])["after"]:
            if (output["collection"], output["id"], output["version"]) == left:
                return record
    raise AssertionError(left)


def reseal(record: Document, state: Document) -> None:
    """Put the hash of a state, and those of the record's events, into its receipt."""
    content = {name: value for name, value in state.items() if name not in ADDED}
    for output in record["outputs"]:
        output["sha256"] = sha256(output["personal"]["body"])
    hashes = {output["id"]: output["sha256"] for output in record["outputs"]}

    def change(receipt: Document) -> None:
        for output in receipt["after"]:
            if output["id"] == state["_id"]:
                output["sha256"] = sha256(orjson.dumps(content))
        for output in receipt["outputs"]:
            output["sha256"] = hashes[output["id"]]

    rewrite(record, change)


def a_state_is_forged_with_its_receipt(editor: DatabaseEditor) -> None:
    grant = editor.one("funding", "grants", {"agrement.dossier_id": "D-1"})
    grant["advances_n"] = "0.00"
    record = writer_of(editor, "funding", "grants", grant)
    reseal(record, grant)
    editor.put("funding", "grants", grant)
    editor.put("funding", "inbox", record)


def an_entry_is_forged_with_its_event_and_its_receipt(editor: DatabaseEditor) -> None:
    _forge_entry(editor, _pay_more)


def an_account_is_forged_with_its_event_and_its_receipt(editor: DatabaseEditor) -> None:
    """No sum shows the account of an expense: the replay and the chart do."""
    _forge_entry(editor, _book_elsewhere)


def _forge_entry(editor: DatabaseEditor, change: Callable[[list[Document]], None]) -> None:
    """Change the lines of an entry of an open exercise, with all hashes."""
    (entry,) = editor.all("accounting", "entries", {"exercise": 2027})
    record = writer_of(editor, "accounting", "entries", entry)
    change(entry["posted"]["lines"])
    (output,) = record["outputs"]
    event: dict[str, Any] = orjson.loads(output["personal"]["body"])
    event["data"] = entry["posted"]
    output["personal"]["body"] = orjson.dumps(event)
    reseal(record, entry)
    editor.put("accounting", "entries", entry)
    editor.put("accounting", "inbox", record)


def _pay_more(lines: list[Document]) -> None:
    """Pay ten euros more."""
    (paid,) = [line for line in lines if line["account"] == "467"]
    expense = next(line for line in lines if line["origin_exercise"] == 2025)
    paid["credit"], expense["debit"] = "168.25", "73.30"


def _book_elsewhere(lines: list[Document]) -> None:
    next(line for line in lines if line["origin_exercise"] == 2025)["account"] = "6562322410"


def name_another_release(editor: DatabaseEditor) -> None:
    """Claim in every receipt that another release decided."""
    for service in ("funding", "accounting"):
        for record in editor.all(service, "inbox", {}):
            rewrite(record, _of_another_release)
            editor.put(service, "inbox", record)


def _of_another_release(receipt: Document) -> None:
    receipt["rules"]["program"] = "0.3.0"


REPLAYED = "décisions qui, rejouées, donnent le même résultat"
EXPECTED: Expectations = {
    an_account_is_forged_with_its_event_and_its_receipt: (
        (REPLAYED, "D-1 : rejouée, elle diffère : état entries"),
        ("écritures sur les comptes", "le compte SF 6562322410 n’est pas celui d’une dépense"),
    ),
    a_state_is_forged_with_its_receipt: (
        (
            "droits dont les acomptes sont ceux",
            "D-1 : acomptes de l’exercice 2025 : attendu 772,31",
        ),
        (REPLAYED, "D-1 : rejouée, elle diffère : état grants D-1"),
    ),
    an_entry_is_forged_with_its_event_and_its_receipt: (
        (REPLAYED, "D-1 : rejouée, elle diffère : état entries"),
        (
            "droits dont la dépense",
            "D-1 (Caf 761) : dépense des contrôles : attendu 158,25 €, trouvé 168,25 €",
        ),
    ),
}
