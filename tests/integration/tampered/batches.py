"""Batches of exports changed by hand, and what is said of it."""

from tests.support.tampering import Document, Found, Hand

VALIDATED = {"_id.series": "validated-761-2025"}


def a_file_that_was_given_out_is_changed(hand: Hand) -> None:
    batch = hand.one("exports", "batches", VALIDATED)

    def change(piece: Document) -> None:
        piece["bytes"] = piece["bytes"].replace(b"772.31", b"772.32")

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


FOUND: Found = {
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
