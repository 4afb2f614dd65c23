"""The layout of subsidy open data: one broken file per rule, each refused with its reason."""

import re
from pathlib import Path

import pytest

from services.funding.exports.scdl_layout import faults

HEADER = (
    "nomAttribuant,idAttribuant,dateConvention,referenceDecision,nomBeneficiaire,idBeneficiaire,"
    "objet,montant,nature,conditionsVersement,datesPeriodeVersement,idRAE,notificationUE,"
    "pourcentageSubvention"
)
GOOD = {
    "nomAttribuant": "Caf de la Seine-Maritime",
    "idAttribuant": "78213456300017",
    "dateConvention": "2025-10-20",
    "referenceDecision": "D-1 2025-2026",
    "nomBeneficiaire": "Les Amis de l'école",
    "idBeneficiaire": "76573991749305",
    "objet": "Clas 2025-2026",
    "montant": "3392.25",
    "nature": "aide en numéraire",
    "conditionsVersement": "échelonné",
    "datesPeriodeVersement": "2025-11-20/2026-12-31",
    "idRAE": "",
    "notificationUE": "non",
    "pourcentageSubvention": "1.00",
}


def file_of(*rows: str, header: str = HEADER) -> bytes:
    return "".join(f"{line}\r\n" for line in (header, *rows)).encode()


def row(**changes: str) -> str:
    return ",".join((GOOD | changes).values())


ACCEPTED = (
    ("referenceDecision", ""),
    ("montant", "0"),
    ("montant", "47800.2"),
    ("nature", "aide en nature;aide en numéraire"),
    ("conditionsVersement", "à la remise du bilan"),
    ("idRAE", "12345"),
    ("notificationUE", "oui"),
    ("pourcentageSubvention", "0.01"),
    ("pourcentageSubvention", "1"),
    ("objet", "x" * 256),
    ("datesPeriodeVersement", "2025-11-20/2025-11-20"),
)


@pytest.mark.parametrize(("column", "value"), ACCEPTED)
def test_what_the_layout_allows_is_accepted(column: str, value: str) -> None:
    assert faults(file_of(row(**{column: value}))) == ()


def test_the_page_names_every_column_in_order() -> None:
    page = (Path(__file__).parents[3] / "docs" / "subventions.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == HEADER.split(",")


def test_one_payment_may_have_a_day_or_a_period() -> None:
    once = {"conditionsVersement": "unique"}

    assert faults(file_of(row(**once), row(**once, datesPeriodeVersement="2026-09-15"))) == ()


REFUSED = (
    ("nomAttribuant", " ", "la valeur manque"),
    ("idAttribuant", "", "la valeur manque"),
    ("idAttribuant", "782134564", "n’est pas un SIRET de 14 chiffres"),
    ("idAttribuant", "78213456300018", "n’est pas un SIRET : la clé est fausse"),
    ("dateConvention", "", "la valeur manque"),
    ("dateConvention", "20/10/2025", "n’est pas un jour AAAA-MM-JJ du calendrier"),
    ("dateConvention", "2025-02-30", "n’est pas un jour AAAA-MM-JJ du calendrier"),
    ("nomBeneficiaire", "", "la valeur manque"),
    ("idBeneficiaire", "", "la valeur manque"),
    ("idBeneficiaire", "7657399174930X", "n’est pas un SIRET de 14 chiffres"),
    ("objet", "", "la valeur manque"),
    ("objet", "x" * 257, "dépasse 256 caractères"),
    ("montant", "", "la valeur manque"),
    ("montant", "3392;25", "n’est pas un montant à point décimal (47800.20)"),
    ("montant", "3 392.25", "n’est pas un montant à point décimal (47800.20)"),
    ("montant", "3392.255", "n’est pas un montant à point décimal (47800.20)"),
    ("montant", "-1.00", "n’est pas un montant à point décimal (47800.20)"),
    ("nature", "numéraire", "n’est pas l’une des natures"),
    ("conditionsVersement", "", "la valeur manque"),
    ("conditionsVersement", "x" * 257, "dépasse 256 caractères"),
    ("datesPeriodeVersement", "2025-11-20_2026-12-31", "n’est ni un jour"),
    ("datesPeriodeVersement", "2025-11-20/2026-06-31", "n’est ni un jour"),
    ("datesPeriodeVersement", "2025-11-20/2026-01-01/2026-12-31", "n’est ni un jour"),
    ("datesPeriodeVersement", "2026-12-31/2025-11-20", "finit avant de commencer"),
    ("idRAE", "123456", "dépasse 5 caractères"),
    ("notificationUE", "", "la valeur manque"),
    ("notificationUE", "false", "n’est ni « oui » ni « non »"),
    ("pourcentageSubvention", "100", "n’est pas une part de 0.01 à 1"),
    ("pourcentageSubvention", "1.01", "n’est pas une part de 0.01 à 1"),
    ("pourcentageSubvention", "0", "n’est pas une part de 0.01 à 1"),
    ("pourcentageSubvention", "0;5", "n’est pas une part de 0.01 à 1"),
)


@pytest.mark.parametrize(("column", "value", "reason"), REFUSED)
def test_a_value_that_breaks_its_column_is_named(column: str, value: str, reason: str) -> None:
    (fault,) = faults(file_of(row(), row(**{column: value})))

    assert fault.startswith(f"Ligne 3, colonne {column} : ")
    assert reason in fault


def test_what_is_paid_in_parts_has_a_period() -> None:
    assert faults(file_of(row(datesPeriodeVersement="2026-09-15"))) == (
        "Ligne 2 : un versement échelonné demande une période, non un jour.",
    )


def test_a_decimal_comma_makes_one_value_too_many() -> None:
    assert faults(file_of(row(montant="3392,25"))) == ("Ligne 2 : 15 valeurs au lieu de 14.",)


def test_semicolons_between_columns_are_no_columns() -> None:
    (fault,) = faults(file_of(row().replace(",", ";"), header=HEADER.replace(",", ";")))

    assert fault.startswith("Ligne 1 : les colonnes ne sont pas, dans cet ordre : nomAttribuant,")


@pytest.mark.parametrize(
    "header",
    ["", HEADER.lower(), HEADER + ",note", ",".join(sorted(HEADER.split(","))), "\ufeff" + HEADER],
)
def test_any_other_header_is_refused(header: str) -> None:
    (fault,) = faults(file_of(row(), header=header))

    assert fault.startswith("Ligne 1 : ")


def test_a_file_without_anything_is_refused() -> None:
    assert len(faults(b"")) == 1


def test_another_encoding_is_refused() -> None:
    content = file_of(row()).decode().encode("latin-1")

    (fault,) = faults(content)
    assert fault.startswith("Le fichier n’est pas en UTF-8 (octet ")


def test_every_fault_is_told_at_once() -> None:
    wrong = row(montant="x", nature="y")

    assert [fault.partition(" : ")[0] for fault in faults(file_of(wrong, row(), "a,b"))] == [
        "Ligne 2, colonne montant",
        "Ligne 2, colonne nature",
        "Ligne 4",
    ]
