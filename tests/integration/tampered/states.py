"""Manipulations of rights, envelopes and dossiers, and the violations that they cause."""

from tests.support.tampering import DatabaseEditor, Document, Expectations


def an_advance_leaves_the_grant(editor: DatabaseEditor) -> None:
    def change(grant: Document) -> None:
        grant["advances"] = grant["advances"][:1]

    editor.change("accounting", "grants", {"dossier_id": "D-1"}, change)


def a_settlement_is_changed(editor: DatabaseEditor) -> None:
    def change(grant: Document) -> None:
        grant["settlement"]["part_n"] = "9999.00"

    editor.change("accounting", "grants", {"dossier_id": "D-5"}, change)


def the_forecast_parts_are_changed(editor: DatabaseEditor) -> None:
    def change(grant: Document) -> None:
        grant["parts"]["part_n1"] = "1.00"

    editor.change("accounting", "grants", {"dossier_id": "D-4"}, change)


def a_reversal_is_inserted(editor: DatabaseEditor) -> None:
    def change(grant: Document) -> None:
        order_id = grant["advances"][0]["order_id"]
        grant["reversals"] = [{"order_id": order_id, "booked": 2025, "amount": "772.31"}]

    editor.change("accounting", "grants", {"dossier_id": "D-1"}, change)


def an_accrual_is_changed(editor: DatabaseEditor) -> None:
    editor.change(
        "accounting",
        "grants",
        {"dossier_id": "D-4"},
        lambda document: document.update(accrued="1.00"),
    )


def a_grant_is_left_out_of_the_closing(editor: DatabaseEditor) -> None:
    where = {"dossier_id": "D-4"}
    editor.change("accounting", "grants", where, lambda document: document.update(year_end="ahead"))


def a_grant_of_accounting_is_deleted(editor: DatabaseEditor) -> None:
    editor.delete("accounting", "grants", {"dossier_id": "D-4"})


def advances_of_funding_are_changed(editor: DatabaseEditor) -> None:
    editor.change(
        "funding",
        "grants",
        {"agrement.dossier_id": "D-1"},
        lambda document: document.update(advances_n="0.00"),
    )


def a_due_amount_is_changed(editor: DatabaseEditor) -> None:
    def change(grant: Document) -> None:
        grant["settlement"]["due"]["part_n1"] = "2000.00"

    editor.change("funding", "grants", {"agrement.dossier_id": "D-2"}, change)


def an_order_is_changed(editor: DatabaseEditor) -> None:
    editor.change(
        "funding",
        "orders",
        {"_id": "ORD-D-3-2025"},
        lambda document: document.update(amount="30.00"),
    )


def a_grant_of_funding_is_deleted(editor: DatabaseEditor) -> None:
    editor.delete("funding", "grants", {"agrement.dossier_id": "D-4"})


def an_envelope_is_raised(editor: DatabaseEditor) -> None:
    def change(envelopes: Document) -> None:
        envelopes["lines"][0]["granted"] = "5600.00"

    editor.change("funding", "envelopes", {"_id": "761"}, change)


def an_allotment_is_lowered(editor: DatabaseEditor) -> None:
    def change(envelopes: Document) -> None:
        envelopes["lines"][0]["allotment"]["amount"] = "1000.00"

    editor.change("funding", "envelopes", {"_id": "761"}, change)


def a_waiting_list_is_emptied(editor: DatabaseEditor) -> None:
    editor.change(
        "funding", "envelopes", {"_id": "761"}, lambda document: document.update(waiting=[])
    )


def a_dossier_is_deleted(editor: DatabaseEditor) -> None:
    editor.delete("submission", "dossiers", {"dossier_id": "D-5"})


def a_dossier_is_inserted(editor: DatabaseEditor) -> None:
    document = editor.one("eligibility", "dossiers", {"dossier_id": "D-5"})
    editor.put("eligibility", "dossiers", document | {"_id": "D-77", "dossier_id": "D-77"})


def a_state_is_malformed(editor: DatabaseEditor) -> None:
    editor.change(
        "funding",
        "orders",
        {"_id": "ORD-D-3-2025"},
        lambda document: document.update(amount="trois"),
    )


EXPECTED: Expectations = {
    the_forecast_parts_are_changed: (
        (
            "droits dont les parts prévues",
            "D-4 (Caf 761) : les parts prévues ne sont pas celles du dernier accord",
        ),
    ),
    a_reversal_is_inserted: (
        (
            "droits dont les annulations",
            "D-1 (Caf 761) : acomptes annulés, écritures et état : attendu 772,31 €, trouvé 0,00 €",
        ),
    ),
    an_advance_leaves_the_grant: (
        (
            "droits dont les écritures d’acompte",
            "D-1 (Caf 761) : acomptes, écritures et état : attendu 772,31 €, trouvé 1 930,77 €",
        ),
    ),
    a_settlement_is_changed: (
        (
            "droits dont la dépense",
            "D-5 (Caf 761) : dépense d’origine 2025 : attendu 9 999,00 €, trouvé 1 103,30 €",
        ),
    ),
    an_accrual_is_changed: (
        (
            "droits dont la charge à payer",
            "D-4 (Caf 761) : charge à payer au 408143111 : attendu 1,00 €, trouvé 1 103,30 €",
        ),
    ),
    a_grant_is_left_out_of_the_closing: (
        (
            "droits passés par la clôture",
            "D-4 (Caf 761) : l’exercice 2025 est clos sans ses écritures de clôture",
        ),
    ),
    a_grant_of_accounting_is_deleted: (
        ("états tels que leur dernière décision", "D-4 : ce document a disparu"),
    ),
    advances_of_funding_are_changed: (
        (
            "droits dont les acomptes sont ceux",
            "D-1 : acomptes de l’exercice 2025 : attendu 772,31 €, trouvé 0,00 €",
        ),
    ),
    a_due_amount_is_changed: (
        (
            "états tels que leur dernière décision",
            "D-2 : le document n’est pas ce que la dernière décision a laissé",
        ),
        ("droits dont les montants", "D-2 : part N+1, dû : attendu 1 654,95 €, trouvé 2 000,00 €"),
    ),
    an_order_is_changed: (
        (
            "droits dont les acomptes sont ceux",
            "D-3 : acomptes de l’exercice 2025 : attendu 30,00 €, trouvé 300,00 €",
        ),
    ),
    a_grant_of_funding_is_deleted: (
        ("états tels que leur dernière décision", "D-4 : ce document a disparu"),
        (
            "Caf dont les crédits accordés",
            "Caf 761, exercice 2025 : accordé : attendu 4 413,20 €, trouvé 5 516,50 €",
        ),
    ),
    an_envelope_is_raised: (
        (
            "Caf dont les crédits accordés",
            "Caf 761, exercice 2025 : accordé : attendu 5 516,50 €, trouvé 5 600,00 €",
        ),
    ),
    an_allotment_is_lowered: (
        (
            "Caf qui n’accordent rien au-delà",
            "Caf 761, exercice 2025 : accordé 5 516,50 € pour 1 000,00 € de crédits",
        ),
    ),
    a_waiting_list_is_emptied: (
        ("listes d’attente", "D-6 : attend des crédits et n’est plus dans la liste d’attente"),
    ),
    a_dossier_is_deleted: (
        ("états tels que leur dernière décision", "D-5 : ce document a disparu"),
    ),
    a_dossier_is_inserted: (
        ("états tels que leur dernière décision", "D-77 : aucune décision n’a écrit ce document"),
    ),
    a_state_is_malformed: (
        ("états qui ont la forme", "D-3 : le document n’a plus la forme d’un état"),
    ),
}
