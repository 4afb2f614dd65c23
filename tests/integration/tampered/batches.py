"""Manipulations of export batches, and the violations that they cause."""

from tests.support.tampering import DatabaseEditor, Document, Expectations

VALIDATED = {"_id.series": "validated-761-2025"}
CSV = {"_id.series": "csv-761-2025"}


def a_delivered_file_is_changed(editor: DatabaseEditor) -> None:
    batch = editor.one("exports", "batches", VALIDATED)

    def change(chunk: Document) -> None:
        chunk["bytes"] = chunk["bytes"].replace(b"772.31", b"772.32")

    editor.change("exports", "pieces", {"_id.token": batch["token"]}, change)


def a_chunk_of_a_file_loses_its_bytes(editor: DatabaseEditor) -> None:
    batch = editor.one("exports", "batches", VALIDATED)

    def change(chunk: Document) -> None:
        del chunk["bytes"]

    editor.change("exports", "pieces", {"_id.token": batch["token"]}, change)


def a_manifest_is_changed(editor: DatabaseEditor) -> None:
    def change(batch: Document) -> None:
        head = batch["manifest"].index(b'"head_hash": "') + len(b'"head_hash": "')
        batch["manifest"] = batch["manifest"][:head] + b"0" * 64 + batch["manifest"][head + 64 :]

    editor.change("exports", "batches", VALIDATED, change)


def a_batch_gets_another_number(editor: DatabaseEditor) -> None:
    batch = editor.one("exports", "batches", VALIDATED)
    editor.delete("exports", "batches", VALIDATED)
    editor.put("exports", "batches", batch | {"_id": batch["_id"] | {"number": 2}})


def a_total_of_a_manifest_is_changed(editor: DatabaseEditor) -> None:
    def change(batch: Document) -> None:
        batch["manifest"] = batch["manifest"].replace(b'"lines": ', b'"lines": 1')

    editor.change("exports", "batches", CSV, change)


def an_entry_is_removed_from_a_batch(editor: DatabaseEditor) -> None:
    """The next batch would contain the entry again."""
    token = editor.one("exports", "batches", CSV)["token"]

    def change(page: Document) -> None:
        page["keys"] = page["keys"][1:]

    editor.change("exports", "members", {"_id.token": token}, change)


def the_content_hash_of_a_batch_is_changed(editor: DatabaseEditor) -> None:
    """The same request would build another batch."""

    def change(batch: Document) -> None:
        batch["fingerprint"] = "autre"

    editor.change("exports", "batches", VALIDATED, change)


def the_last_batch_is_deleted(editor: DatabaseEditor) -> None:
    """The same number would be built again, from the books of that day."""
    editor.delete("exports", "batches", CSV)


SEALED = (("lots d’export tels qu’ils", "csv-761-2025-001 : sceau du lot : attendu"),)
EXPECTED: Expectations = {
    a_chunk_of_a_file_loses_its_bytes: (
        ("lots d’export tels qu’ils", "validated-761-2025-001 : empreinte du fichier : attendu"),
    ),
    the_last_batch_is_deleted: (
        ("lots d’export à la suite", "csv-761-2025-001 : ce lot a disparu"),
    ),
    a_total_of_a_manifest_is_changed: SEALED,
    an_entry_is_removed_from_a_batch: SEALED,
    the_content_hash_of_a_batch_is_changed: (
        ("lots d’export tels qu’ils", "validated-761-2025-001 : sceau du lot : attendu"),
    ),
    a_delivered_file_is_changed: (
        ("lots d’export tels qu’ils", "validated-761-2025-001 : empreinte du fichier : attendu"),
    ),
    a_manifest_is_changed: (
        ("lots d’export à la tête", "validated-761-2025-001 : tête de la chaîne : attendu"),
    ),
    a_batch_gets_another_number: (
        ("lots d’export à la suite", "validated-761-2025-002 : numéro : attendu 1, trouvé 2"),
    ),
}
