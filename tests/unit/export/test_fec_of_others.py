"""FEC of other software: what the law allows is accepted, and one cause gives one finding."""

import codecs
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from shared.fec_validator import LISTED_PER_RULE, Regime, Report, entries, validate
from tests.unit.export.broken_fec import Listed
from tests.unit.export.other_fec import HEADER, NAME, TREASURY, entry, fec, paid, row

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


def rules(report: Report) -> dict[str, int]:
    return dict(report.counts)


def checked(content: str | bytes, name: str = NAME, regime: Regime | None = None) -> Report:
    data = content if isinstance(content, bytes) else content.encode()
    return validate(data, name=name, regime=regime)


@pytest.mark.parametrize("folder", FOUND)
def test_a_file_of_another_program_gets_its_right_value(folder: str) -> None:
    (path,) = (FILES / folder).iterdir()
    severity, expected = FOUND[folder]

    report = validate(path)

    listed = [(each.rule, each.line, each.column, each.message) for each in report.findings]
    assert listed == expected
    assert {each.severity for each in report.findings} == ({severity} if severity else set())
    assert report.accepted == (severity in {"", "alerte"})


def test_entries_in_the_order_of_accounts_are_judged_whole() -> None:
    rows = [line for number in range(1, 301) for line in entry(number, cents=number)]
    by_account = sorted(rows, key=lambda line: (line[4], -int(line[2])))

    report = checked(fec(by_account))

    assert rules(report) == {"FEC-43": 1}
    assert (report.accepted, report.entries, report.lines) == (True, 300, 600)


def test_of_entries_apart_the_one_that_is_wrong_is_named() -> None:
    rows = [*entry(1), *entry(2, cents=500), *entry(3)]
    rows[3][12] = "5,01"

    report = checked(fec(rows[::2] + rows[1::2]))

    assert rules(report) == {"FEC-32": 1, "FEC-42": 1, "FEC-43": 1}
    (unbalanced,) = (each for each in report.findings if each.rule == "FEC-32")
    assert unbalanced.line == 3
    assert unbalanced.message == (
        "l’écriture « 2 » du journal « BQ » : débit 5,00, crédit 5,01, écart 0,01."
    )


def test_a_part_that_balances_is_of_its_entry_all_the_same() -> None:
    report = checked(fec([*entry(1), *entry(2), *entry(1)]))

    assert rules(report) == {"FEC-43": 1}
    assert report.entries == 2


def test_the_number_of_an_entry_that_is_closed_is_not_taken_by_another_piece() -> None:
    other = [[*line[:8], "R99", *line[9:]] for line in entry(1)]

    report = checked(fec([*entry(1), *entry(2), *other]))

    assert rules(report) == {"FEC-34": 1}
    assert report.entries == 3


def test_a_number_out_of_order_is_not_missing() -> None:
    assert rules(checked(fec([*entry(1), *entry(3), *entry(2)]))) == {"FEC-34": 1}


def test_of_a_gap_what_stays_missing_is_named() -> None:
    report = checked(fec([*entry(3), *entry(9), *entry(6), *entry(1)]))

    assert rules(report) == {"FEC-33": 3, "FEC-34": 2}
    assert [each.message for each in report.findings if each.rule == "FEC-33"] == [
        "le numéro 9 suit 3 : 4 à 5 manquent.",
        "le numéro 9 suit 3 : 7 à 8 manquent.",
        "le numéro 3 suit 1 : 2 manque.",
    ]


def test_a_line_that_is_not_read_may_be_of_any_entry_that_is_apart() -> None:
    rows = [*entry(1), *entry(2), *entry(3)]
    apart = rows[::2] + rows[1::2]
    apart[4] = apart[4][:-1]

    assert rules(checked(fec(apart))) == {"FEC-14": 1, "FEC-43": 1}


def test_memory_is_bounded_by_the_entries_that_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "OPEN_MAX", 2)
    rows = [line for number in range(1, 6) for line in entry(number)]

    report = checked(fec(rows[::2] + rows[1::2]))

    expected = "plus de 2 écritures inachevées : équilibre et numéros non vérifiés."
    assert expected in [each.message for each in report.findings]
    assert rules(report) == {"FEC-43": 2}


def test_what_was_closed_long_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "CLOSED_MAX", 2)
    rows = [line for number in (1, 2, 3, 4, 1) for line in entry(number)]

    assert rules(checked(fec(rows))) == {"FEC-34": 1}


def padded(line: list[str]) -> list[str]:
    """Return a record of fixed length: texts followed by blanks, numbers preceded by zeros."""
    filled = [value.ljust(30) for value in line]
    for place in (11, 12, 16):
        filled[place] = line[place].rjust(15, "0") if line[place] else "000000000000,00"
    for place in (3, 9, 15):
        filled[place] = line[place]
    return [*filled[:14], "00000000", *filled[15:]]


@pytest.mark.parametrize("separator", ["\t", "|"])
def test_records_of_fixed_length_are_accepted(separator: str) -> None:
    rows = [padded(line) for number in (1, 2) for line in entry(number)]

    report = checked(fec(rows, header=[name.ljust(30) for name in HEADER], separator=separator))

    assert rules(report) == {}
    assert (report.entries, report.debit) == (2, report.credit)


@pytest.mark.parametrize("place", range(18))
def test_blanks_around_a_value_change_nothing(place: int) -> None:
    rows = [*entry(1), *entry(2)]
    rows[0][place] = f"{rows[0][place]}   "
    rows[2][place] = f" {rows[2][place]}"

    assert rules(checked(fec(rows))) == {}


UNFILLED = {"CompAuxNum", "CompAuxLib", "EcritureLet", "DateLet", "Montantdevise", "Idevise"}


@pytest.mark.parametrize("place", range(18))
def test_a_field_of_blanks_is_blank(place: int) -> None:
    rows = entry(1)
    rows[1][place] = "    "

    assert rules(checked(fec(rows))) == ({} if HEADER[place] in UNFILLED else {"FEC-16": 1})


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("EcritureDate", {"FEC-16": 1}),
        ("PieceDate", {"FEC-16": 1}),
        ("ValidDate", {"FEC-16": 1}),
        ("DateLet", {}),
    ],
)
def test_a_date_of_zeros_is_no_date(column: str, expected: dict[str, int]) -> None:
    rows = entry(1)
    rows[1][HEADER.index(column)] = "00000000"

    assert rules(checked(fec(rows))) == expected


def test_a_letter_with_a_date_of_zeros_has_no_date() -> None:
    rows = entry(1)
    rows[1][13:15] = ["AA", "00000000"]

    assert rules(checked(fec(rows))) == {"FEC-31": 1}


def test_an_amount_in_another_currency_needs_its_name() -> None:
    rows = entry(1)
    rows[0][16], rows[1][16] = "0,00", "10,00"

    assert rules(checked(fec(rows))) == {"FEC-31": 1}


CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\r\n"]


@pytest.mark.parametrize("separator", ["\t", "|"])
def test_every_control_character_is_refused_in_utf_8(separator: str) -> None:
    rows = [entry(number) for number in range(1, len(CONTROLS) + 1)]
    for (first, _), character in zip(rows, CONTROLS, strict=True):
        first[10] = f"Goûter{character}"

    report = checked(fec([line for pair in rows for line in pair], separator=separator))

    assert rules(report) == {"FEC-30": 62}
    assert len(report.findings) == LISTED_PER_RULE


@pytest.mark.parametrize("byte", range(0x80, 0xA0))
def test_a_c1_control_of_iso_8859_15_is_refused_once(byte: int) -> None:
    content = fec([row(debit="1,00", label="Go\N{CURRENCY SIGN}ter"), *entry(1, cents=100)[1:]])
    report = checked(content.encode("latin-1").replace(b"\xa4", bytes([byte])))

    assert rules(report) == {"FEC-06": 1}


def test_a_header_has_no_control_characters_either() -> None:
    rows = [[*line, ""] for line in entry(1)]

    assert rules(checked(fec(rows, header=[*HEADER, "Site\x85"]))) == {"FEC-12": 1, "FEC-30": 1}


@pytest.mark.parametrize(
    ("closes", "opens"),
    [
        ("20250228", "20240301"),
        ("20240229", "20230301"),
        ("20240228", "20230301"),
        ("20230228", "20220301"),
        ("20250331", "20240401"),
        ("20240331", "20230401"),
        ("20250301", "20240302"),
        ("20251231", "20250101"),
        ("20250630", "20240701"),
    ],
)
def test_twelve_months_end_on_the_day_of_the_name(closes: str, opens: str) -> None:
    first = date.fromisoformat(opens)
    name = f"512345679FEC{closes}.txt"

    def of(day: date) -> Report:
        return checked(fec(entry(1, day=f"{day:%Y%m%d}", valid="20260131")), name)

    assert rules(of(first)) == {}
    assert rules(of(first - timedelta(days=1))) == {"FEC-38": 2}
    assert rules(of(date.fromisoformat(closes))) == {}
    assert rules(of(date.fromisoformat(closes) + timedelta(days=1))) == {"FEC-38": 2}


@pytest.mark.parametrize("opens_on", [date(2025, 2, 1), date(2023, 9, 15)])
def test_an_exercise_may_be_shorter_or_longer(opens_on: date) -> None:
    content = fec(entry(1, day=f"{opens_on:%Y%m%d}", valid="20250228")).encode()

    report = validate(content, name="512345679FEC20250228.txt", opens_on=opens_on)

    assert rules(report) == {}


UNUSED = {"JournalCode": 0, "JournalLib": 1, "CompteNum": 4}


@pytest.mark.parametrize("columns", [TREASURY[:3], TREASURY])
@pytest.mark.parametrize("place", UNUSED.values())
def test_in_treasury_what_is_not_used_is_blank(place: int, columns: list[str]) -> None:
    rows = [paid(line, columns) for line in entry(1)]
    for line in rows:
        line[place] = ""

    assert rules(checked(fec(rows, header=[*HEADER, *columns]))) == {}


@pytest.mark.parametrize("place", UNUSED.values())
def test_with_18_columns_the_regime_says_whether_they_may_be_blank(place: int) -> None:
    rows = entry(1)
    for line in rows:
        line[place] = ""

    assert rules(checked(fec(rows))) == {"FEC-16": 2}
    assert rules(checked(fec(rows), regime=Regime.BNC_BA)) == {}


@pytest.mark.parametrize("place", [2, 3, 5, 8, 9, 10, 11, 12, 15])
def test_in_treasury_the_other_fields_are_still_asked(place: int) -> None:
    rows = [paid(line, TREASURY) for line in entry(1)]
    rows[0][place] = ""

    assert checked(fec(rows, header=[*HEADER, *TREASURY])).counts["FEC-16"] == 1


@pytest.mark.parametrize(("place", "value"), [(18, ""), (18, "00000000"), (19, " ")])
def test_in_treasury_day_and_mode_of_payment_are_asked(place: int, value: str) -> None:
    rows = [paid(line, TREASURY) for line in entry(1)]
    rows[0][place] = value

    report = checked(fec(rows, header=[*HEADER, *TREASURY]))

    assert rules(report) == {"FEC-44": 1}
    assert report.accepted


def test_a_blank_journal_is_a_journal_where_it_may_be_blank() -> None:
    rows = [paid(line, TREASURY) for line in (*entry(1), *entry(1))]
    for line in rows[2:]:
        line[0] = line[1] = ""

    report = checked(fec(rows, header=[*HEADER, *TREASURY]))

    assert (rules(report), report.entries, report.numbering) == ({}, 2, "par journal")


def test_in_treasury_single_entry_accounts_are_accepted() -> None:
    rows = [paid(entry(number)[1], TREASURY) for number in (1, 2)]

    report = checked(fec(rows, header=[*HEADER, *TREASURY]))

    assert rules(report) == {"FEC-45": 1}
    assert report.accepted


def test_in_treasury_too_a_balanced_file_has_balanced_entries() -> None:
    (first, second), (third, fourth) = entry(1), entry(2)
    second[12], fourth[12] = "1,01", "0,99"
    rows = [paid(line, TREASURY) for line in (first, second, third, fourth)]

    assert rules(checked(fec(rows, header=[*HEADER, *TREASURY]))) == {"FEC-32": 2}


def test_a_regime_asks_for_its_columns() -> None:
    report = checked(fec(entry(1)), regime=Regime.BNC_TREASURY)

    assert [each.column for each in report.findings] == TREASURY
    assert rules(report) == {"FEC-10": 4}


def test_the_accent_that_the_law_itself_writes_is_accepted() -> None:
    rows = [paid(line, TREASURY) for line in entry(1)]
    header = [*HEADER, *TREASURY]
    header[12] = "Crédit"

    assert rules(checked(fec(rows, header=header))) == {}


def moved(place: int, to: int) -> Callable[[list[str]], list[str]]:
    def change(values: list[str]) -> list[str]:
        rest = [*values[:place], *values[place + 1 :]]
        return [*rest[:to], values[place], *rest[to:]]

    return change


@pytest.mark.parametrize(
    ("columns", "place", "to", "message"),
    [
        ([], 17, 0, "Idevise vient en place de JournalCode (champ 1)."),
        (["Site"], 18, 4, "Site vient en place de CompteNum (champ 5)."),
        (["Site"], 18, 17, "Site vient en place de Idevise (champ 18)."),
        (TREASURY[:3], 18, 0, "DateRglt vient en place de JournalCode (champ 1)."),
        (TREASURY[:3], 19, 18, "ModeRglt vient en place de DateRglt (champ 19)."),
        (TREASURY, 21, 20, "IdClient vient en place de NatOp (champ 21)."),
        ([*TREASURY[:3], "Site"], 21, 20, "Site vient en place de NatOp (champ 21)."),
        ([*TREASURY, "Site"], 22, 18, "Site vient en place de DateRglt (champ 19)."),
    ],
)
def test_the_first_columns_are_those_of_the_law_in_its_order(
    columns: list[str], place: int, to: int, message: str
) -> None:
    change = moved(place, to)
    rows = [change(paid(line, columns)) for line in entry(1)]

    report = checked(fec(rows, header=change([*HEADER, *columns])))

    assert [each.message for each in report.findings if each.rule == "FEC-11"] == [message]
    assert set(report.counts) <= {"FEC-11", "FEC-12"}


@pytest.mark.parametrize("columns", [["Site", "Site"], ["Montant"], ["Sens", "Montant"]])
def test_what_follows_is_free(columns: list[str]) -> None:
    rows = [[*line, *("x" for _ in columns)] for line in entry(1)]

    report = checked(fec(rows, header=[*HEADER, *columns]))

    assert rules(report) == {"FEC-12": len(columns)}
    assert report.accepted


@pytest.mark.parametrize("name", ["JournalCode", "Credit", "DateRglt", "NatOp"])
def test_a_column_of_the_law_comes_once(name: str) -> None:
    rows = [[*line, "", ""] for line in entry(1)]

    report = checked(fec(rows, header=[*HEADER, name, name]))

    assert report.counts["FEC-11"] == 1
    assert not report.accepted


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


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "iso8859-15", "utf-16", "utf-16-le"])
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
