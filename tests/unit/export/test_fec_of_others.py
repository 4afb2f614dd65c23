"""FEC of other software: what the law allows is accepted, and one cause gives one finding."""

import codecs
from pathlib import Path

import pytest

from shared.fec_validator import validate
from tests.unit.export.broken_fec import Listed
from tests.unit.export.other_fec import checked, entry, fec, rules

FILES = Path(__file__).parent / "fec_of_others"
FULL_YEAR = "du 20240301 au 20250228"
APART = (
    "l’écriture « 1 » du journal « BQ », commencée en ligne 2, reprend après d’autres ; en tout"
    " 2 fois dans le fichier."
)
XML = (
    "le fichier est en XML, que la loi admet (A47 A-1 VI 2°) : cet outil ne le lit pas et n’en dit"
    " rien ; Test Compta Demat, de la DGFiP, le lit."
)
FOUND: dict[str, tuple[str, list[Listed]]] = {
    "01-split-entries": (
        "alerte",
        [
            (
                *("FEC-43", 4, "EcritureNum"),
                APART,
            )
        ],
    ),
    "02-blank-padded": ("", []),
    "03-c1-control-in-utf-8": (
        "erreur",
        [
            (
                *("FEC-30", 2, "EcritureLib"),
                "« Fête\\x85d’été » : caractère de contrôle U+0085.",
            )
        ],
    ),
    "04-ends-on-28-february": (
        "erreur",
        [
            (
                *("FEC-38", line, "EcritureDate"),
                f"le 20240229 n’est pas de l’exercice, {FULL_YEAR}.",
            )
            for line in (2, 3)
        ],
    ),
    "05-treasury-without-journal": ("", []),
    "06-treasury-out-of-order": (
        "erreur",
        [
            ("FEC-11", 1, "DateRglt", "le champ DateRglt vient plusieurs fois."),
            ("FEC-11", 1, "DateRglt", "DateRglt vient en place de JournalCode (champ 1)."),
        ],
    ),
    "07-utf-16-without-mark": ("erreur", [("FEC-06", 1, None, "le fichier est en UTF-16.")]),
    "08-xml": (
        "non lu",
        [
            (
                *("FEC-46", 1, None),
                XML,
            )
        ],
    ),
    "09-siren-of-zeros": (
        "erreur",
        [("FEC-02", None, None, "« 000000000 » n’est le SIREN de personne.")],
    ),
}


@pytest.mark.parametrize("folder", FOUND)
def test_a_file_of_another_program_gets_its_right_value(folder: str) -> None:
    (path,) = (FILES / folder).iterdir()
    severity, expected = FOUND[folder]

    report = validate(path)

    listed = [(each.rule, each.line, each.column, each.message) for each in report.findings]
    assert listed == expected
    assert {each.severity for each in report.findings} == ({severity} if severity else set())
    assert report.accepted == (severity in {"", "alerte"})


ENCODINGS = {
    "UTF-16": ("utf-16-le", "utf-16-be", "utf-16"),
    "UTF-32": ("utf-32-le", "utf-32-be", "utf-32"),
    "EBCDIC": ("cp037", "cp500", "cp1140", "cp273"),
}


@pytest.mark.parametrize(
    ("name", "codec"), [(name, codec) for name in ENCODINGS for codec in ENCODINGS[name]]
)
@pytest.mark.parametrize("separator", ["\t", "|"])
def test_another_encoding_is_one_finding(name: str, codec: str, separator: str) -> None:
    report = checked(fec(entry(1), separator=separator).encode(codec))

    assert [each.message for each in report.findings] == [f"le fichier est en {name}."]
    assert rules(report) == {"FEC-06": 1}


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE, codecs.BOM_UTF32_LE])
def test_a_byte_order_mark_names_its_encoding(mark: bytes) -> None:
    codec = {2: "utf-16-be", 4: "utf-32-be" if mark[0] == 0 else "utf-32-le"}[len(mark)]

    report = checked(mark + fec(entry(1)).encode(codec))

    assert [each.message for each in report.findings] == [f"le fichier est en {codec[:6].upper()}."]


@pytest.mark.parametrize("codec", ["cp1252", "cp850", "mac-roman"])
def test_letters_of_another_8_bit_encoding_are_reported_by_line(codec: str) -> None:
    lines = entry(1)
    lines[0][10] = "L’été" if codec == "cp1252" else "été"

    assert rules(checked(fec(lines).encode(codec, "replace"))) == {"FEC-06": 1}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "iso8859-15", "utf-16-le", "cp500"])
@pytest.mark.parametrize("start", ['<?xml version="1.0"?>', "\n<comptabilite>", "<!-- FEC -->"])
def test_xml_is_neither_accepted_nor_refused(start: str, codec: str) -> None:
    report = checked(f"{start}{'<a>é</a>' * 40}".encode(codec))

    assert rules(report) == {"FEC-46": 1}
    assert (report.accepted, report.read, report.errors) == (False, False, ())


@pytest.mark.parametrize("start", [b"<html><body>", b"%PDF-1.7\n", b"PK\x03\x04\x00\x00", b"x"])
def test_what_is_no_fec_at_all_is_refused(start: bytes) -> None:
    report = checked(start * 20)

    assert rules(report).keys() <= {"FEC-05", "FEC-06"}
    assert not report.accepted
    assert report.read
