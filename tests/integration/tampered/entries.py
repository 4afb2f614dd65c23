"""Entries, books and closings changed by hand, and what is said of it."""

import copy
import hashlib
import uuid
from collections.abc import Callable

import orjson

from tests.support.tampering import Document, Found, Hand

OF_D1 = {"posted.dossier_id": "D-1"}


def advance_of(hand: Hand, dossier_id: str = "D-1", exercise: int = 2025) -> Document:
    """Return the entry of an advance."""
    where = {"posted.dossier_id": dossier_id, "posted.kind": "advance", "exercise": exercise}
    return hand.one("accounting", "entries", where)


def entry(document: Document) -> Document:
    return {"_id": document["_id"]}


def set_line(number: str, **changes: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for line in document["posted"]["lines"]:
            if line["account"] == number:
                line.update(changes)

    return change


def chained(entries: list[Document], head: str) -> str:
    """Link entries anew, as a forger would; return the head."""
    for number, each in enumerate(entries, 1):
        canonical = orjson.dumps(each["posted"], option=orjson.OPT_SORT_KEYS)
        each["sequence"], each["previous_hash"] = number, head
        head = hashlib.sha256(head.encode() + canonical).hexdigest()
        each["hash"] = head
    return head


def an_amount(hand: Hand) -> None:
    hand.change("accounting", "entries", entry(advance_of(hand)), set_line("467", credit="772.32"))


def an_amount_on_both_sides(hand: Hand) -> None:
    def change(document: Document) -> None:
        set_line("467", credit="872.31")(document)
        set_line("6562322410", debit="872.31")(document)

    hand.change("accounting", "entries", entry(advance_of(hand)), change)


def an_entry_is_deleted(hand: Hand) -> None:
    hand.delete("accounting", "entries", entry(advance_of(hand)))


def forged(hand: Hand) -> Document:
    document = copy.deepcopy(advance_of(hand, exercise=2026))
    forged_id = str(uuid.uuid4())
    document |= {"_id": forged_id, "entry_id": forged_id, "sequence": None, "hash": None}
    document |= {"previous_hash": None, "exercise": 2027, "place": "03|2027-03-10"}
    dated = {"exercise": 2027, "booked_on": "2027-03-10", "entry_id": forged_id}
    document["posted"] |= dated
    return document


def a_balanced_entry_is_inserted(hand: Hand) -> None:
    hand.put("accounting", "entries", forged(hand))


def an_unbalanced_entry_is_inserted(hand: Hand) -> None:
    document = forged(hand)
    set_line("467", credit="1.00")(document)
    hand.put("accounting", "entries", document)


def an_entry_is_doubled(hand: Hand) -> None:
    document = advance_of(hand)
    hand.put("accounting", "entries", document | {"_id": f"{document['_id']}-bis"})


def two_numbers_are_swapped(hand: Hand) -> None:
    first, second = hand.all(
        "accounting", "entries", {"exercise": 2025, "sequence": {"$in": [1, 2]}}
    )
    first["sequence"], second["sequence"] = second["sequence"], first["sequence"]
    hand.put("accounting", "entries", first)
    hand.put("accounting", "entries", second)


def one_hash_is_taken_anew(hand: Hand) -> None:
    def change(document: Document) -> None:
        document["posted"]["label"] = "Autre libellé"
        canonical = orjson.dumps(document["posted"], option=orjson.OPT_SORT_KEYS)
        before = document["previous_hash"].encode()
        document["hash"] = hashlib.sha256(before + canonical).hexdigest()

    hand.change("accounting", "entries", entry(advance_of(hand)), change)


def the_head_is_changed(hand: Hand) -> None:
    hand.change(
        "accounting", "closings", {"_id": "761|2025"}, lambda each: each.update(head_hash="0" * 64)
    )


def the_whole_chain_is_made_anew(hand: Hand) -> None:
    entries = hand.all("accounting", "entries", {"exercise": 2025})
    entries.sort(key=lambda each: each["sequence"])
    for each in entries:
        if each["posted"]["kind"] == "advance" and each["posted"]["dossier_id"] == "D-1":
            each["posted"]["label"] = "Autre libellé"
    head = chained(entries, hashlib.sha256(b"761|2025").hexdigest())
    for each in entries:
        hand.put("accounting", "entries", each)
    hand.change(
        "accounting", "closings", {"_id": "761|2025"}, lambda each: each.update(head_hash=head)
    )


def an_entry_of_a_closed_exercise_loses_its_number(hand: Hand) -> None:
    bare = {"sequence": None, "previous_hash": None, "hash": None}
    hand.change("accounting", "entries", entry(advance_of(hand)), lambda each: each.update(bare))


def an_entry_of_an_open_exercise_gets_a_number(hand: Hand) -> None:
    hand.change("accounting", "entries", {"exercise": 2027}, lambda each: each.update(sequence=1))


def an_entry_moves_to_another_exercise(hand: Hand) -> None:
    moved = {"exercise": 2027, "sequence": None, "previous_hash": None, "hash": None}
    hand.change("accounting", "entries", entry(advance_of(hand)), lambda each: each.update(moved))


def an_entry_moves_where_the_books_have_nothing(hand: Hand) -> None:
    hand.change(
        "accounting", "entries", entry(advance_of(hand)), lambda each: each.update(exercise=2031)
    )


def a_closed_exercise_is_reopened(hand: Hand) -> None:
    def change(books: Document) -> None:
        books["exercises"][0] |= {"status": "open", "closing": None}

    hand.change("accounting", "books", {"_id": "761"}, change)


def class_8_is_changed(hand: Hand) -> None:
    def change(document: Document) -> None:
        set_line("8091", debit="1.00")(document)
        set_line("80182", credit="1.00")(document)

    hand.change("accounting", "entries", OF_D1 | {"posted.kind": "commitment"}, change)


def an_account_is_changed(hand: Hand) -> None:
    hand.change(
        "accounting", "entries", entry(advance_of(hand)), set_line("6562322410", account="6562")
    )


def a_total_of_the_closing_is_changed(hand: Hand) -> None:
    def change(closing: Document) -> None:
        closing["trial_balance"][0]["debit"] = "1.00"

    hand.change("accounting", "closings", {"_id": "761|2025"}, change)


FOUND: Found = {
    an_amount: (
        ("écritures équilibrées", "D-1 (Caf 761) : écriture : débit 772,31 €, crédit 772,32 €"),
    ),
    an_amount_on_both_sides: (
        (
            "écritures au montant de leur événement",
            "D-1 (Caf 761) : tiers, AdvanceGranted : attendu -772,31 €, trouvé -872,31 €",
        ),
        ("écritures annoncées telles quelles", "D-1 (Caf 761) : elle n’est plus"),
    ),
    an_entry_is_deleted: (
        ("écritures annoncées telles quelles", "D-1 (Caf 761) : une écriture annoncée"),
        ("événements de financement comptabilisés", "D-1 (Caf 761) : AdvanceGranted"),
        ("exercices numérotés", "D-2 (Caf 761, exercice 2025) : n°"),
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
    one_hash_is_taken_anew: (("exercices dont la chaîne", "(Caf 761, exercice 2025) : la chaîne"),),
    the_head_is_changed: (
        ("exercices scellés", "Caf 761, exercice 2025 : la tête de la clôture est 000000000000…"),
    ),
    the_whole_chain_is_made_anew: (
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
    an_entry_moves_where_the_books_have_nothing: (
        ("écritures à leur place", "les livres de la Caf 761 n’ont pas d’exercice 2031"),
    ),
    a_closed_exercise_is_reopened: (
        (
            "exercices scellés",
            "Caf 761, exercice 2025 : les livres le disent ouvert, sa clôture le dit clos",
        ),
    ),
    class_8_is_changed: (
        (
            "droits dont l’engagement",
            "D-1 (Caf 761) : engagement donné : attendu 1 654,95 €, trouvé 1,00 €",
        ),
    ),
    an_account_is_changed: (
        (
            "écritures sur les comptes du plan",
            "D-1 (Caf 761) : le compte SF 6562 n’est pas celui d’une dépense de 2025",
        ),
    ),
    a_total_of_the_closing_is_changed: (
        (
            "exercices clos dont les totaux",
            "balance de la clôture, débit du compte SF 6562322410 : attendu 1,00 €",
        ),
    ),
}
