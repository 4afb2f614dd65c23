"""The FEC as it is written: the worked example byte for byte, and what the layout cannot hold."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.accounting.domain.entries import Entry
from services.accounting.exports.formats.base import ExportHeader
from services.accounting.exports.formats.fec import fec_format
from services.accounting.exports.formats.fec_description import (
    fec_description,
    fields,
    fields_table,
)
from services.accounting.exports.formats.fec_texts import one_line
from shared.exports.error_list import ERRORS_MAX, UnrepresentableContentError
from shared.fec_validator import COLUMNS, Encoding, Separator, fec_name
from tests.support.samples import SIRET
from tests.unit.export.closed_books import entries_of, head_of, worked_example

SIREN = "775672272"
HEADER = (
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|"
    "PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|"
    "Idevise"
)
OF_2026 = f"""{HEADER}
CLAS|Journal des subventions Clas|1|20260310|6562322410|Subvention Clas de l’exercice|||ELAN-2025-761-000001 cause-4|20260310|Acompte Clas 2025-2026 – Les Amis de l'école (SF, période 3, origine 2026, spécificité 81512214)|1158,46|0,00|||20270131||
CLAS|Journal des subventions Clas|1|20260310|467|Gestionnaires Clas|76573991749305|Les Amis de l'école|ELAN-2025-761-000001 cause-4|20260310|Acompte Clas 2025-2026 – Les Amis de l'école (T, période 3)|0,00|1158,46|||20270131||
CLAS|Journal des subventions Clas|2|20260915|6562322410|Subvention Clas de l’exercice|||ELAN-2025-761-000001 cause-5|20260915|Solde Clas 2025-2026 – Les Amis de l'école (SF, période 9, origine 2026, spécificité 81512214)|1130,49|0,00|||20270131||
CLAS|Journal des subventions Clas|2|20260915|408143111|Charges à payer Clas|76573991749305|Les Amis de l'école|ELAN-2025-761-000001 cause-5|20260915|Solde Clas 2025-2026 – Les Amis de l'école (T, période 9)|330,99|0,00|||20270131||
CLAS|Journal des subventions Clas|2|20260915|467|Gestionnaires Clas|76573991749305|Les Amis de l'école|ELAN-2025-761-000001 cause-5|20260915|Solde Clas 2025-2026 – Les Amis de l'école (T, période 9)|0,00|1461,48|||20270131||
CLAS|Journal des subventions Clas|3|20261231|80182|Prestation de service Clas 6/10ème|||ELAN-2025-761-000001 close-2026|20261231|Contrepassation de l’engagement 6/10 Clas 2025-2026 – Les Amis de l'école (T, période 12)|1654,95|0,00|||20270131||
CLAS|Journal des subventions Clas|3|20261231|8091|Contrepartie des engagements donnés|||ELAN-2025-761-000001 close-2026|20261231|Contrepassation de l’engagement 6/10 Clas 2025-2026 – Les Amis de l'école (T, période 12)|0,00|1654,95|||20270131||
""".replace("\n", "\r\n")  # noqa: E501 - lines as they stand in the file
BOOKS = worked_example()


def written(
    path: Path,
    separator: Separator = "\t",
    encoding: Encoding = "utf-8",
    head: ExportHeader | None = None,
    entries: list[Entry] | None = None,
) -> bytes:
    writer = fec_format(SIREN, separator, encoding)(path, head or head_of(BOOKS.states, 2025))
    for entry in entries if entries is not None else entries_of(BOOKS.states, 2025):
        writer.add(entry)
    writer.close()
    return path.read_bytes()


def refused(path: Path, **what: object) -> tuple[str, ...]:
    with pytest.raises(UnrepresentableContentError) as refusal:
        written(path, **what)  # type: ignore[arg-type]
    return refusal.value.reasons


def bent(**posted: object) -> list[Entry]:
    """Return the entries of 2025, the first one otherwise."""
    first, *others = entries_of(BOOKS.states, 2025)
    return [first.with_changes(posted=first.posted.model_copy(update=posted)), *others]


def of_2026() -> tuple[ExportHeader, list[Entry]]:
    return head_of(BOOKS.states, 2026), entries_of(BOOKS.states, 2026)


@pytest.mark.parametrize("separator", ["\t", "|"])
def test_the_worked_example_in_utf_8(tmp_path: Path, separator: Separator) -> None:
    head, entries = of_2026()
    expected = OF_2026.replace("|", separator).encode()
    assert written(tmp_path / "f", separator, "utf-8", head, entries) == expected


@pytest.mark.parametrize("separator", ["\t", "|"])
def test_in_iso_8859_15_typographic_signs_have_equivalents_and_letters_stay(
    tmp_path: Path, separator: Separator
) -> None:
    head, entries = of_2026()
    expected = OF_2026.replace("|", separator).replace("’", "'").replace("–", "-")
    result = written(tmp_path / "f", separator, "iso8859-15", head, entries)
    assert result == expected.encode("iso8859-15")
    assert b"\xe0 payer" in result


def test_what_was_replaced_is_told_with_its_count(tmp_path: Path) -> None:
    head, entries = of_2026()
    writer = fec_format(SIREN, "|", "iso8859-15")(tmp_path / "f", head)
    for entry in entries:
        writer.add(entry)
    writer.close()
    assert writer.notes == (
        "« ’ » (U+2019), absent de la norme ISO 8859-15, est écrit « ' » : 4 fois.",
        "« – » (U+2013), absent de la norme ISO 8859-15, est écrit « - » : 7 fois.",
    )


def test_nothing_is_replaced_in_utf_8(tmp_path: Path) -> None:
    writer = fec_format(SIREN, "|", "utf-8")(tmp_path / "f", head_of(BOOKS.states, 2025))
    for entry in entries_of(BOOKS.states, 2025):
        writer.add(entry)
    writer.close()
    assert writer.notes == ()


def test_the_same_entries_give_the_same_bytes(tmp_path: Path) -> None:
    assert written(tmp_path / "a") == written(tmp_path / "b")


def test_the_name_is_that_of_the_law() -> None:
    assert fec_name(SIREN, 2025) == "775672272FEC20251231.txt"
    assert fec_name(SIREN, 2025, 2) == "775672272FEC20251231_2.txt"


@pytest.mark.parametrize("siren", ["775672273", "000000000"])
def test_a_wrong_siren_is_refused_before_anything_is_written(siren: str) -> None:
    with pytest.raises(UnrepresentableContentError, match=f"« {siren} » n’est pas un numéro SIREN"):
        fec_format(siren, "\t", "utf-8")


@pytest.mark.parametrize("closing", ["none", "running"])
def test_an_exercise_that_is_not_closed_has_no_fec(tmp_path: Path, closing: str) -> None:
    head = head_of(BOOKS.states, 2025)
    assert head.closing is not None
    running = None if closing == "none" else head.closing.with_changes(step="entries")
    text = "l’exercice 2025 de la Caf 761 n’est pas clôturé : seules des écritures validées"
    (reason,) = refused(tmp_path / "f", head=replace(head, closing=running))
    assert reason.startswith(text)
    assert not (tmp_path / "f").exists()


def test_a_missing_entry_is_told(tmp_path: Path) -> None:
    first, _second, third = entries_of(BOOKS.states, 2025)
    reasons = refused(tmp_path / "f", entries=[first, third])
    assert reasons == (
        f"l’écriture {third.entry_id} porte le numéro 3 au lieu de 2 : la séquence est rompue.",
        "2 écritures reçues ; la clôture en a validé 3.",
    )


def test_a_letter_that_the_encoding_lacks_is_told_with_its_entry_and_label(tmp_path: Path) -> None:
    label = "Acompte Clas 2025-2026 – Škola Łódź"
    reasons = refused(tmp_path / "f", encoding="iso8859-15", entries=bent(label=label))
    absent = "porte « Ł » (U+0141), absent de la norme ISO 8859-15 ; un export en UTF-8 le tient."
    text = "écriture 1, EcritureLib : « Acompte Clas 2025-2026 - Škola Łódź"
    expense = "SF, période 11, origine 2025, spécificité 81512214"
    assert reasons == (
        f"{text} ({expense}) » {absent}",
        f"{text} (T, période 11) » {absent}",
    )
    assert label.encode() in written(tmp_path / "f", entries=bent(label=label))


@pytest.mark.parametrize(
    ("account", "label", "fault"),
    [
        ("46", "Tiers", "les trois premiers caractères d’un compte sont des chiffres."),
        ("4A7", "Tiers", "les trois premiers caractères d’un compte sont des chiffres."),
        ("967", "Coûts", "la classe 9 n’est pas du plan comptable (classes 1 à 8)."),
        ("467", " ", "un compte doit être nommé (CompteLib)."),
        ("467|1", "Tiers", "le numéro porte un séparateur ou un caractère de contrôle."),
    ],
)
def test_an_account_that_the_layout_cannot_hold_is_told_once(
    tmp_path: Path, account: str, label: str, fault: str
) -> None:
    first = entries_of(BOOKS.states, 2025)[0]
    lines = [line.model_copy(update={"account": account}) for line in first.posted.lines]
    head = head_of(BOOKS.states, 2025)
    head = replace(head, accounts={**head.accounts, ("SF", account): label, ("T", account): label})
    reasons = refused(tmp_path / "f", head=head, entries=bent(lines=tuple(lines)))
    assert reasons == tuple(
        f"écriture 1, compte {name} {account} : {fault}" for name in ("SF", "T")
    )


def test_separators_never_get_into_texts(tmp_path: Path) -> None:
    head = replace(head_of(BOOKS.states, 2025), gestionnaires={SIRET: "Les\tAmis | de\r\nl'école "})
    entries = bent(label="Acompte|Clas\t2025")
    rows = written(tmp_path / "f", head=head, entries=entries).decode().split("\r\n")
    fields_of = rows[2].split("\t")
    assert len(fields_of) == len(COLUMNS)
    assert fields_of[7] == "Les Amis de l'école"
    assert fields_of[10] == "Acompte Clas 2025 (T, période 11)"


@pytest.mark.parametrize(
    "text",
    [
        *("Les Amis", "Les|Amis", "Les\tAmis", "Les\r\nAmis", "Les\u2028Amis"),
        *("Les\x86Amis", "Les\x7f\0Amis"),
    ],
)
def test_what_separates_becomes_one_blank(text: str) -> None:
    assert one_line(text) == "Les Amis"


def test_the_bar_of_a_cause_is_quoted_and_a_control_character_refused(tmp_path: Path) -> None:
    cause = entries_of(BOOKS.states, 2025)[0].posted.cause
    barred = bent(cause=cause.model_copy(update={"id": "elan|42"}))
    assert b"\tELAN-2025-761-000001 elan%7C42\t" in written(tmp_path / "f", entries=barred)
    broken = bent(cause=cause.model_copy(update={"id": "a\tb"}))
    assert refused(tmp_path / "f", entries=broken) == (
        "écriture 1, PieceRef : 'ELAN-2025-761-000001 a\\tb' porte un caractère de contrôle.",
    )


def test_a_gestionnaire_without_a_name_is_told_by_its_siret(tmp_path: Path) -> None:
    head = replace(head_of(BOOKS.states, 2025), gestionnaires={})
    assert f"\t{SIRET}\t{SIRET}\t".encode() in written(tmp_path / "f", head=head)


def test_reasons_are_told_to_a_bound(tmp_path: Path) -> None:
    first = entries_of(BOOKS.states, 2025)[0]
    head = head_of(BOOKS.states, 2025)
    assert head.closing is not None
    entries = [
        first.with_changes(entry_id=f"e{rank}", sequence=0) for rank in range(ERRORS_MAX + 7)
    ]
    closing = head.closing.with_changes(sequence=len(entries))
    reasons = refused(tmp_path / "f", head=replace(head, closing=closing), entries=entries)
    assert len(reasons) == ERRORS_MAX + 1
    assert reasons[-1] == "et 7 autres."


def test_an_exercise_without_entries_has_its_header(tmp_path: Path) -> None:
    head = head_of(BOOKS.states, 2025)
    assert head.closing is not None
    empty = replace(head, closing=head.closing.with_changes(sequence=0))
    assert written(tmp_path / "f", "|", head=empty, entries=[]) == f"{HEADER}\r\n".encode()


def test_the_description_names_every_field_in_order_and_how_the_file_is_written() -> None:
    assert tuple(fields()) == COLUMNS
    text = fec_description("|", "iso8859-15")
    assert "Jeu de caractères : ISO 8859-15" in text
    assert "Séparateur de zone : barre verticale. Fin d’enregistrement : CR LF." in text
    assert "U+2019 → '" in text
    assert "\n18. Idevise (texte) : Vide.\n" in text
    assert "équivalent" not in fec_description("\t", "utf-8")


def test_the_page_on_the_fec_holds_the_table_of_fields() -> None:
    page = Path(__file__).parents[3] / "docs" / "fec.md"
    assert fields_table() in page.read_text(encoding="utf-8")
