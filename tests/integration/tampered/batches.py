"""Batches of exports changed by hand, and what is said of it."""

from tests.support.tampering import Document, Found, Hand

VALIDATED = {"_id.series": "validated-761-2025"}
CSV = {"_id.series": "csv-761-2025"}


def a_file_that_was_given_out_is_changed(hand: Hand) -> None:
    batch = hand.one("exports", "batches", VALIDATED)

    def change(piece: Document) -> None:
        piece["bytes"] = piece["bytes"].replace(b"772.31", b"772.32")

    hand.change("exports", "pieces", {"_id.token": batch["token"]}, change)


def a_piece_of_a_file_loses_its_bytes(hand: Hand) -> None:
    batch = hand.one("exports", "batches", VALIDATED)

    def change(piece: Document) -> None:
        del piece["bytes"]

    hand.change("exports", "pieces", {"_id.token": batch["token"]}, change)


def a_manifest_is_changed(hand: Hand) -> None:
    def change(batch: Document) -> None:
        head = batch["manifest"].index(b'"head_hash": "') + len(b'"head_hash": "')
        batch["manifest"] = batch["manifest"][:head] + b"0" * 64 + batch["manifest"][head + 64 :]

    hand.change("exports", "batches", VALIDATED, change)


def a_batch_gets_another_number(hand: Hand) -> None:
    batch = hand.one("exports", "batches", VALIDATED)
    hand.delete("exports", "batches", VALIDATED)
    hand.put("exports", "batches", batch | {"_id": batch["_id"] | {"number": 2}})


def a_total_of_a_manifest_is_changed(hand: Hand) -> None:
    def change(batch: Document) -> None:
        batch["manifest"] = batch["manifest"].replace(b'"lines": ', b'"lines": 1')

    hand.change("exports", "batches", CSV, change)


def an_entry_leaves_what_was_given_out(hand: Hand) -> None:
    """It would be given out again by the next batch."""
    token = hand.one("exports", "batches", CSV)["token"]

    def change(page: Document) -> None:
        page["keys"] = page["keys"][1:]

    hand.change("exports", "members", {"_id.token": token}, change)


def the_name_of_a_content_is_changed(hand: Hand) -> None:
    """What is asked again would be another batch."""

    def change(batch: Document) -> None:
        batch["fingerprint"] = "autre"

    hand.change("exports", "batches", VALIDATED, change)


def the_last_batch_is_deleted(hand: Hand) -> None:
    """The same number would be cut again, from what the books hold then."""
    hand.delete("exports", "batches", CSV)


SEALED = (("lots d’export tels qu’ils", "csv-761-2025-001 : sceau du lot : attendu"),)
FOUND: Found = {
    a_piece_of_a_file_loses_its_bytes: (
        ("lots d’export tels qu’ils", "validated-761-2025-001 : empreinte du fichier : attendu"),
    ),
    the_last_batch_is_deleted: (
        ("lots d’export à la suite", "csv-761-2025-001 : ce lot a disparu"),
    ),
    a_total_of_a_manifest_is_changed: SEALED,
    an_entry_leaves_what_was_given_out: SEALED,
    the_name_of_a_content_is_changed: (
        ("lots d’export tels qu’ils", "validated-761-2025-001 : sceau du lot : attendu"),
    ),
    a_file_that_was_given_out_is_changed: (
        ("lots d’export tels qu’ils", "validated-761-2025-001 : empreinte du fichier : attendu"),
    ),
    a_manifest_is_changed: (
        ("lots d’export à la tête", "validated-761-2025-001 : tête de la chaîne : attendu"),
    ),
    a_batch_gets_another_number: (
        ("lots d’export à la suite", "validated-761-2025-002 : numéro : attendu 1, trouvé 2"),
    ),
}
