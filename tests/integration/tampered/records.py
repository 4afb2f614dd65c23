"""Manipulations of records, events and receipts, and the violations that they cause."""

import hashlib
from datetime import timedelta

from tests.support.tampering import DatabaseEditor, Document, Expectations, rewrite


def record_of(editor: DatabaseEditor, service: str, name: str, dossier_id: str | None) -> Document:
    """Return the first record of an event about a dossier."""
    where: Document = {"type": f"fr.caf.clas.{name}.v1"}
    if dossier_id:
        where["dossier_ids"] = dossier_id
    return editor.all(service, "inbox", where)[0]


def _key(record: Document) -> Document:
    return {"_id": record["_id"]}


def an_event_is_deleted_where_it_was_handled(editor: DatabaseEditor) -> None:
    editor.delete(
        "accounting", "inbox", _key(record_of(editor, "accounting", "AdvanceGranted", "D-3"))
    )


def an_agrement_is_deleted_where_it_was_handled(editor: DatabaseEditor) -> None:
    editor.delete("funding", "inbox", _key(record_of(editor, "funding", "AgrementGranted", "D-4")))


def a_decision_of_the_committee_is_deleted(editor: DatabaseEditor) -> None:
    where = _key(record_of(editor, "eligibility", "CommitteeDecided", "D-4"))
    editor.delete("eligibility", "inbox", where)


def a_closing_request_is_deleted(editor: DatabaseEditor) -> None:
    editor.delete("accounting", "inbox", {"_id.i": "vie-ExerciseClosed-2025"})


def an_output_is_altered(editor: DatabaseEditor) -> None:
    record = record_of(editor, "funding", "AdvanceOrdered", "D-3")
    body = record["outputs"][0]["personal"]["body"].replace(b'"300.00"', b'"330.00"')
    record["outputs"][0]["personal"]["body"] = body
    editor.put("funding", "inbox", record)


def an_output_is_removed(editor: DatabaseEditor) -> None:
    record = record_of(editor, "funding", "AdvanceOrdered", "D-3")
    editor.put("funding", "inbox", record | {"outputs": []})


def an_entry_is_announced_twice(editor: DatabaseEditor) -> None:
    record = record_of(editor, "accounting", "AdvanceGranted", "D-3")
    record["outputs"] *= 2
    editor.put("accounting", "inbox", record)


def the_result_of_a_closing_is_removed(editor: DatabaseEditor) -> None:
    record = editor.one(
        "accounting",
        "inbox",
        {"outputs.routing_key": "ClosingCompleted.v1.761", "_id.i": _last(editor)},
    )
    editor.put("accounting", "inbox", record | {"outputs": []})


def _last(editor: DatabaseEditor) -> str:
    records = editor.all("accounting", "inbox", {"outputs.routing_key": "ClosingCompleted.v1.761"})
    of_2025 = [each for each in records if b'"exercise":2025' in each["personal"]["body"]]
    return str(of_2025[0]["_id"]["i"])


def a_receipt_is_altered(editor: DatabaseEditor) -> None:
    record = record_of(editor, "eligibility", "CommitteeDecided", "D-2")
    content = record["receipt"]["personal"]["content"].replace(b'"eligibility"', b'"eligibilite"')
    record["receipt"]["personal"]["content"] = content
    editor.put("eligibility", "inbox", record)


def a_receipt_is_altered_with_its_hash(editor: DatabaseEditor) -> None:
    def change(receipt: Document) -> None:
        receipt["inputs"][0]["content"]["caf"] = "762"

    record = record_of(editor, "eligibility", "CommitteeDecided", "D-2")
    rewrite(record, change)
    editor.put("eligibility", "inbox", record)


def a_receipt_is_removed(editor: DatabaseEditor) -> None:
    record = record_of(editor, "submission", "DossierSubmitted", "D-5")
    editor.put("submission", "inbox", record | {"receipt": None})


def a_message_is_altered(editor: DatabaseEditor) -> None:
    record = record_of(editor, "submission", "DossierSubmitted", "D-5")
    record["personal"]["body"] = record["personal"]["body"].replace(b"D-5", b"D-9")
    editor.put("submission", "inbox", record)


def a_record_cannot_be_read(editor: DatabaseEditor) -> None:
    record = record_of(editor, "submission", "DossierSubmitted", "D-5")
    del record["outputs"]
    editor.put("submission", "inbox", record)


def an_event_waits(editor: DatabaseEditor) -> None:
    record = record_of(editor, "funding", "AdvanceOrdered", "D-3")
    earlier = record["handled_at"] - timedelta(hours=2)
    editor.put("funding", "inbox", record | {"handled_at": earlier})
    editor.put("funding", "outbox", {"_id": record["_id"], "records": [record["_id"]]})


def a_poison_message_is_left(editor: DatabaseEditor) -> None:
    record = record_of(editor, "funding", "ConventionSigned", "D-4")
    record["_id"] = {"p": "development", "s": "", "i": "sha256:1", "n": 0}
    editor.put("funding", "inbox", record | {"outcome": "poison", "outputs": [], "receipt": None})


def an_event_that_nobody_published_is_handled(editor: DatabaseEditor) -> None:
    record = record_of(editor, "accounting", "AdvanceGranted", "D-3")
    body = record["personal"]["body"].replace(str(record["_id"]["i"]).encode(), b"autre")
    record["_id"] = record["_id"] | {"i": "autre"}
    receipt = {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}
    record["personal"] = {"body": body}
    editor.put("accounting", "inbox", record | receipt)


def a_published_ceiling_is_lowered(editor: DatabaseEditor) -> None:
    record = record_of(editor, "funding", "AgrementGranted", "D-1")
    for output in record["outputs"]:
        output["personal"]["body"] = output["personal"]["body"].replace(b'"772.31"', b'"100.00"')
    editor.put("funding", "inbox", record)


def an_order_is_deleted_where_it_was_handled(editor: DatabaseEditor) -> None:
    editor.delete("funding", "inbox", _key(record_of(editor, "funding", "AdvanceOrdered", "D-3")))


def the_event_of_a_grant_is_removed(editor: DatabaseEditor) -> None:
    record = record_of(editor, "funding", "AgrementGranted", "D-1")
    editor.put("funding", "inbox", record | {"outputs": []})


def a_record_is_indexed_under_another_dossier(editor: DatabaseEditor) -> None:
    record = record_of(editor, "funding", "ConventionSigned", "D-4")
    editor.put("funding", "inbox", record | {"dossier_ids": ["D-5"], "caf": "762"})


def an_outcome_is_changed(editor: DatabaseEditor) -> None:
    """No event shows the outcome of a closing page: only its record has it."""
    record = record_of(editor, "accounting", "ClosingContinued", None)
    editor.put("accounting", "inbox", record | {"outcome": "refusé"})


def a_refusal_is_invented(editor: DatabaseEditor) -> None:
    record = record_of(editor, "accounting", "ClosingContinued", None)
    editor.put("accounting", "inbox", record | {"outcome": "poison"})


EXPECTED: Expectations = {
    an_outcome_is_changed: (
        ("enregistrements classés sous ce qu’ils disent", "issue : attendu decided, trouvé refusé"),
    ),
    a_refusal_is_invented: (
        ("enregistrements classés sous ce qu’ils disent", "issue : attendu decided, trouvé poison"),
    ),
    a_record_is_indexed_under_another_dossier: (
        ("enregistrements classés sous ce qu’ils disent", "D-5 : dossiers : attendu D-4, trouvé"),
        ("enregistrements classés sous ce qu’ils disent", "D-5 : Caf : attendu 761, trouvé 762"),
    ),
    an_order_is_deleted_where_it_was_handled: (
        ("états dont chaque version a sa décision", "D-3 : 3 versions, 2 décisions conservées"),
        ("états tels que leur dernière décision", "D-3 : aucune décision n’a écrit ce document"),
        ("événements traités qu’un service a publiés", "D-3 : AdvanceGranted"),
    ),
    the_event_of_a_grant_is_removed: (
        ("droits comptabilisés après", "D-1 (Caf 761) : comptabilisé sans droit accordé"),
        ("décisions dont les événements", "D-1 : l’événement"),
    ),
    an_event_is_deleted_where_it_was_handled: (
        ("événements traités par chaque service", "D-3 : AdvanceGranted"),
        ("écritures dont la cause est connue", "D-3 (Caf 761) : sa cause"),
    ),
    an_agrement_is_deleted_where_it_was_handled: (
        ("événements traités par chaque service", "D-4 : AgrementGranted"),
    ),
    a_decision_of_the_committee_is_deleted: (
        ("droits fondés sur un agrément", "D-4 : financé sans agrément"),
        ("événements traités qu’un service a publiés", "D-4 : AgrementGranted"),
    ),
    a_closing_request_is_deleted: (
        ("écritures dont la cause est connue", "D-4 (Caf 761) : sa cause vie-ExerciseClosed-2025"),
    ),
    an_output_is_altered: (
        ("décisions dont les événements", "D-3 : l’événement"),
        (
            "événements traités qu’un service a publiés",
            "D-3 : AdvanceGranted : le message traité n’est pas celui qui est publié",
        ),
    ),
    an_output_is_removed: (("décisions dont les événements", "D-3 : l’événement"),),
    an_entry_is_announced_twice: (
        ("écritures annoncées telles quelles", "D-3 (Caf 761) : l’écriture"),
    ),
    the_result_of_a_closing_is_removed: (
        ("exercices scellés", "Caf 761, exercice 2025 : 0 ClosingCompleted publiés, 1 attendus"),
    ),
    a_receipt_is_altered: (("décisions dont le reçu est intact", "D-2 : le reçu a changé"),),
    a_receipt_is_altered_with_its_hash: (
        (
            "décisions parties de l’état",
            "D-2 : la décision est partie d’un autre état (dossiers D-2, version",
        ),
    ),
    a_receipt_is_removed: (
        ("décisions dont le reçu est intact", "D-5 : le reçu de la décision manque"),
    ),
    a_message_is_altered: (("messages conservés", "D-5 : le message a changé"),),
    a_record_cannot_be_read: (
        ("enregistrements lisibles", "aucun dossier : l’enregistrement ne peut plus être lu"),
    ),
    an_event_waits: (
        ("enregistrements dont tout est publié", "D-3 : un événement attend d’être publié"),
    ),
    a_poison_message_is_left: (
        ("messages traités sans échec", "D-4 : le message a mis le service en échec"),
    ),
    an_event_that_nobody_published_is_handled: (
        (
            "événements traités qu’un service a publiés",
            "D-3 : AdvanceGranted autre traité, publié par aucun service",
        ),
    ),
    a_published_ceiling_is_lowered: (
        (
            "droits dont les acomptes restent sous leur plafond",
            "D-1 : acomptes de l’exercice 2025 : 772,31 € pour un plafond de 100,00 €",
        ),
    ),
}
