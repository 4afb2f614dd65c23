"""Manipulations of entries, books and closings, and the violations that they cause."""

import copy
import hashlib
import uuid
from collections.abc import Callable

import orjson

from tests.support.tampering import DatabaseEditor, Document, Expectations

OF_D1 = {"posted.dossier_id": "D-1"}


def advance_of(editor: DatabaseEditor, dossier_id: str = "D-1", exercise: int = 2025) -> Document:
    """Return the entry of an advance."""
    where = {"posted.dossier_id": dossier_id, "posted.kind": "advance", "exercise": exercise}
    return editor.one("accounting", "entries", where)


def entry(document: Document) -> Document:
    return {"_id": document["_id"]}


def set_line(number: str, **changes: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for line in document["posted"]["lines"]:
            if line["account"] == number:
                line.update(changes)

    return change


def relink(entries: list[Document], head: str) -> str:
    """Recompute the hash chain of entries, as a forger would; return its head."""
    for number, document in enumerate(entries, 1):
        canonical = orjson.dumps(document["posted"], option=orjson.OPT_SORT_KEYS)
        document["sequence"], document["previous_hash"] = number, head
        head = hashlib.sha256(head.encode() + canonical).hexdigest()
        document["hash"] = head
    return head


def one_side_of_an_entry_is_changed(editor: DatabaseEditor) -> None:
    editor.change(
        "accounting", "entries", entry(advance_of(editor)), set_line("467", credit="772.32")
    )


def both_sides_of_an_entry_are_changed(editor: DatabaseEditor) -> None:
    def change(document: Document) -> None:
        set_line("467", credit="872.31")(document)
        set_line("6562322410", debit="872.31")(document)

    editor.change("accounting", "entries", entry(advance_of(editor)), change)


def an_entry_is_deleted(editor: DatabaseEditor) -> None:
    editor.delete("accounting", "entries", entry(advance_of(editor)))


def forged(editor: DatabaseEditor) -> Document:
    document = copy.deepcopy(advance_of(editor, exercise=2026))
    forged_id = str(uuid.uuid4())
    document |= {"_id": forged_id, "entry_id": forged_id, "sequence": None, "hash": None}
    document |= {"previous_hash": None, "exercise": 2027, "place": "03|2027-03-10"}
    dated = {"exercise": 2027, "booked_on": "2027-03-10", "entry_id": forged_id}
    document["posted"] |= dated
    return document


def a_balanced_entry_is_inserted(editor: DatabaseEditor) -> None:
    editor.put("accounting", "entries", forged(editor))


def an_unbalanced_entry_is_inserted(editor: DatabaseEditor) -> None:
    document = forged(editor)
    set_line("467", credit="1.00")(document)
    editor.put("accounting", "entries", document)


def an_entry_is_doubled(editor: DatabaseEditor) -> None:
    document = advance_of(editor)
    editor.put("accounting", "entries", document | {"_id": f"{document['_id']}-bis"})


def two_numbers_are_swapped(editor: DatabaseEditor) -> None:
    first, second = editor.all(
        "accounting", "entries", {"exercise": 2025, "sequence": {"$in": [1, 2]}}
    )
    first["sequence"], second["sequence"] = second["sequence"], first["sequence"]
    editor.put("accounting", "entries", first)
    editor.put("accounting", "entries", second)


def one_hash_is_recomputed(editor: DatabaseEditor) -> None:
    def change(document: Document) -> None:
        document["posted"]["label"] = "Autre libellé"
        canonical = orjson.dumps(document["posted"], option=orjson.OPT_SORT_KEYS)
        before = document["previous_hash"].encode()
        document["hash"] = hashlib.sha256(before + canonical).hexdigest()

    editor.change("accounting", "entries", entry(advance_of(editor)), change)


def the_head_is_changed(editor: DatabaseEditor) -> None:
    editor.change(
        "accounting",
        "closings",
        {"_id": "761|2025"},
        lambda document: document.update(head_hash="0" * 64),
    )


def the_whole_chain_is_recomputed(editor: DatabaseEditor) -> None:
    entries = editor.all("accounting", "entries", {"exercise": 2025})
    entries.sort(key=lambda document: document["sequence"])
    for document in entries:
        posted = document["posted"]
        if (posted["kind"], posted["dossier_id"]) == ("advance", "D-1"):
            posted["label"] = "Autre libellé"
    head = relink(entries, hashlib.sha256(b"761|2025").hexdigest())
    for document in entries:
        editor.put("accounting", "entries", document)
    editor.change(
        "accounting",
        "closings",
        {"_id": "761|2025"},
        lambda document: document.update(head_hash=head),
    )


def an_entry_of_a_closed_exercise_loses_its_number(editor: DatabaseEditor) -> None:
    bare = {"sequence": None, "previous_hash": None, "hash": None}
    editor.change(
        "accounting", "entries", entry(advance_of(editor)), lambda document: document.update(bare)
    )


def an_entry_of_an_open_exercise_gets_a_number(editor: DatabaseEditor) -> None:
    editor.change(
        "accounting", "entries", {"exercise": 2027}, lambda document: document.update(sequence=1)
    )


def an_entry_moves_to_another_exercise(editor: DatabaseEditor) -> None:
    moved = {"exercise": 2027, "sequence": None, "previous_hash": None, "hash": None}
    editor.change(
        "accounting", "entries", entry(advance_of(editor)), lambda document: document.update(moved)
    )


def an_entry_moves_to_an_unknown_exercise(editor: DatabaseEditor) -> None:
    editor.change(
        "accounting",
        "entries",
        entry(advance_of(editor)),
        lambda document: document.update(exercise=2031),
    )


def a_closed_exercise_is_reopened(editor: DatabaseEditor) -> None:
    def change(books: Document) -> None:
        books["exercises"][0] |= {"status": "open", "closing": None}

    editor.change("accounting", "books", {"_id": "761"}, change)


def class_8_is_changed(editor: DatabaseEditor) -> None:
    def change(document: Document) -> None:
        set_line("8091", debit="1.00")(document)
        set_line("80182", credit="1.00")(document)

    editor.change("accounting", "entries", OF_D1 | {"posted.kind": "commitment"}, change)


def an_account_is_changed(editor: DatabaseEditor) -> None:
    editor.change(
        "accounting", "entries", entry(advance_of(editor)), set_line("6562322410", account="6562")
    )


def a_total_of_the_closing_is_changed(editor: DatabaseEditor) -> None:
    def change(closing: Document) -> None:
        closing["trial_balance"][0]["debit"] = "1.00"

    editor.change("accounting", "closings", {"_id": "761|2025"}, change)


EXPECTED: Expectations = {
    one_side_of_an_entry_is_changed: (
        ("écritures équilibrées", "D-1 (Caf 761) : écriture : débit 772,31 €, crédit 772,32 €"),
    ),
    both_sides_of_an_entry_are_changed: (
        ("écritures annoncées telles quelles", "D-1 (Caf 761) : elle n’est plus"),
        (
            "droits dont les écritures d’acompte",
            "D-1 (Caf 761) : acomptes, écritures et état : attendu 1 930,77 €, trouvé 2 030,77 €",
        ),
    ),
    an_entry_is_deleted: (
        ("écritures annoncées telles quelles", "D-1 (Caf 761) : une écriture annoncée"),
        (
            "droits dont les écritures d’acompte",
            "D-1 (Caf 761) : acomptes, écritures et état : attendu 1 930,77 €, trouvé 1 158,46 €",
        ),
        ("exercices numérotés", "D-2 (Caf 761, exercice 2025) : n°"),
        (
            "lots d’export dont les écritures",
            "csv-761-2025-001 : 1 écriture remise n’est plus dans les livres",
        ),
    ),
    a_balanced_entry_is_inserted: (
        ("écritures dont la cause est connue", "D-1 (Caf 761) : son identifiant"),
        ("droits dont les écritures d’acompte", "D-1 (Caf 761) : acomptes"),
    ),
    an_unbalanced_entry_is_inserted: (
        ("écritures équilibrées", "D-1 (Caf 761) : écriture : débit 1 158,46 €, crédit 1,00 €"),
    ),
    an_entry_is_doubled: (("écritures à leur place", "D-1 (Caf 761) : identifiant attendu"),),
    two_numbers_are_swapped: (
        ("exercices numérotés", "(Caf 761, exercice 2025) : n° 2 trouvé, n° 1 attendu"),
    ),
    one_hash_is_recomputed: (("exercices dont la chaîne", "(Caf 761, exercice 2025) : la chaîne"),),
    the_head_is_changed: (
        ("exercices scellés", "Caf 761, exercice 2025 : la tête de la clôture est 000000000000…"),
    ),
    the_whole_chain_is_recomputed: (
        ("exercices scellés", "Caf 761, exercice 2025 : la tête publiée est"),
        ("écritures annoncées telles quelles", "D-1 (Caf 761)"),
    ),
    an_entry_of_a_closed_exercise_loses_its_number: (
        ("exercices numérotés", "Caf 761, exercice 2025 : 1 écriture n’est pas validée"),
    ),
    an_entry_of_an_open_exercise_gets_a_number: (
        (
            "exercices numérotés",
            "Caf 761, exercice 2027 : 1 écriture numérotée, 0 attendues",
        ),
    ),
    an_entry_moves_to_another_exercise: (
        ("écritures à leur place", "D-1 (Caf 761) : exercice attendu 2025, trouvé 2027"),
    ),
    an_entry_moves_to_an_unknown_exercise: (
        ("écritures à leur place", "les livres de la Caf 761 n’ont pas d’exercice 2031"),
    ),
    a_closed_exercise_is_reopened: (
        (
            "exercices scellés",
            "Caf 761, exercice 2025 : les livres le disent ouvert, sa clôture le dit clôturé",
        ),
    ),
    class_8_is_changed: (
        (
            "droits dont l’engagement",
            "D-1 (Caf 761) : engagement donné : attendu 1 654,95 €, trouvé 1,00 €",
        ),
    ),
    an_account_is_changed: (
        ("écritures annoncées telles quelles", "D-1 (Caf 761) : elle n’est plus"),
        ("écritures sur les comptes", "le compte SF 6562 n’est pas celui d’une dépense de 2025"),
        ("exercices clos dont les totaux", "débit du compte SF 6562 : attendu 0,00 €"),
    ),
    a_total_of_the_closing_is_changed: (
        (
            "exercices clos dont les totaux",
            "balance de la clôture, débit du compte SF 6562322410 : attendu 1,00 €",
        ),
    ),
}
