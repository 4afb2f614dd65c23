"""What staff gets: a FEC that was checked before it is frozen, and the check of any other."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.accounting.exports.fec_command import FieldSeparator, FileEncoding, fec_journal_form
from services.accounting.exports.verify import faults
from services.cli.export import app
from shared.exports.error_list import UnrepresentableContentError
from tests.unit.export.closed_books import entries_of, head_of, worked_example
from tests.unit.export.other_fec import entry, fec
from tests.unit.export.test_verify import put_manifest

SIREN = "775672272"
NAME = f"{SIREN}FEC20251231.txt"
BOOKS = worked_example()


def exported(path: Path) -> Path:
    writer = fec_journal_form(SIREN, 2025, FieldSeparator.TAB, FileEncoding.UTF_8).writer(
        path, head_of(BOOKS.states, 2025)
    )
    for posted in entries_of(BOOKS.states, 2025):
        writer.add(posted)
    writer.close()
    return path


def run_export(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_each_way_of_writing_has_its_series_and_its_description() -> None:
    forms = [
        fec_journal_form(SIREN, 2025, between, signs)
        for between in FieldSeparator
        for signs in FileEncoding
    ]
    assert {form.name for form in forms} == {
        *("fec-tab-utf-8", "fec-tab-iso-8859-15", "fec-pipe-utf-8", "fec-pipe-iso-8859-15")
    }
    assert {form.file for form in forms} == {NAME}
    assert all(form.requires_closed_exercise for form in forms)
    (described,) = forms[3].companions.items()
    assert described[0] == f"{SIREN}FEC20251231-description.txt"
    assert "Jeu de caractères : ISO 8859-15" in described[1]
    assert "Séparateur de zone : barre verticale" in described[1]


def test_a_file_cannot_hold_a_batch(tmp_path: Path) -> None:
    file = tmp_path / "exports"
    file.touch()
    text = run_export("csv", "--caf", "761", "--exercise", "2025", "--to", file)
    assert text.exit_code == 2
    assert "--to" in text.output


def test_what_the_check_refuses_is_not_given_out(tmp_path: Path) -> None:
    with pytest.raises(UnrepresentableContentError) as refusal:
        exported(tmp_path / "fec.txt")
    expected = "FEC-01 : « fec.txt » : un nom comme 123456782FEC20251231.txt est attendu."
    assert refusal.value.reasons == (expected,)


def test_an_error_of_a_line_names_entry_and_piece_not_a_line_that_nobody_gets(
    tmp_path: Path,
) -> None:
    head = head_of(BOOKS.states, 2025)
    assert head.closing
    early = head.closing.model_copy(update={"closed_on": date(2025, 12, 1)})
    writer = fec_journal_form(SIREN, 2025, FieldSeparator.PIPE, FileEncoding.UTF_8).writer(
        tmp_path / NAME, replace(head, closing=early)
    )
    for posted in entries_of(BOOKS.states, 2025):
        writer.add(posted)

    with pytest.raises(UnrepresentableContentError) as refusal:
        writer.close()

    pieces = [each.posted.cause.id for each in entries_of(BOOKS.states, 2025)]
    assert refusal.value.reasons == tuple(
        f"écriture {number}, pièce ELAN-2025-761-000001 {pieces[number - 1]} :"
        " FEC-39, ValidDate : validée le 20251201, comptabilisée le 20251231."
        for number in (2, 3)
    )


def test_a_good_file_is_told_and_ends_well(tmp_path: Path) -> None:
    result = run_export("verify", exported(tmp_path / NAME))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{NAME} : accepté.\n")


def test_a_bad_file_among_good_ones_ends_with_1(tmp_path: Path) -> None:
    good = exported(tmp_path / NAME)
    bad = tmp_path / f"{SIREN}FEC20251231_2.txt"
    bad.write_bytes(good.read_bytes().replace(b"772,31", b"772.31", 1))

    result = run_export("verify", good, bad)

    assert (result.exit_code, result.stderr) == (1, "clas: 1 of 2 are not as they should be\n")
    (text,) = [row for row in result.stdout.splitlines() if row.startswith("FEC-17")]
    assert text.split() == [
        *("FEC-17", "erreur", "2", "Debit", "«", "772.31", "»", ":", "la", "décimale"),
        *("suit", "un", "point,", "non", "une", "virgule."),
    ]


def test_the_first_day_of_a_longer_exercise_may_be_told(tmp_path: Path) -> None:
    path = exported(tmp_path / NAME)
    path.write_bytes(path.read_bytes().replace(b"20251120", b"20241120"))
    assert run_export("verify", path).exit_code == 1
    assert run_export("verify", path, "--opens-on", "2024-11-01").exit_code == 0


def test_the_folder_of_a_fec_is_verified_by_the_same_rules(tmp_path: Path) -> None:
    folder = tmp_path / "fec-tab-utf-8-761-2025-001"
    folder.mkdir()
    path = exported(folder / NAME)
    path.rename(folder / "clas.jsonl")  # The name that the manifest below gives it.
    sums = {"count": 3, "lines": 6, "debit": "2758.25", "credit": "2758.25"}
    put_manifest(folder, series="fec-tab-utf-8-761-2025", **sums)
    expected = "FEC-01 : « clas.jsonl » : un nom comme 123456782FEC20251231.txt est attendu."
    assert list(faults(folder)) == [expected]

    put_manifest(folder, series="fec-tab-utf-8-761-2025", **sums | {"lines": 7})
    assert "lines : 6 dans le fichier, le manifeste dit 7" in list(faults(folder))


def test_of_an_empty_file_nothing_is_known(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.touch()
    text = " ".join(run_export("verify", path).stdout.split())
    assert "encodage : inconnu, fin de ligne : inconnue, numérotation : inconnue." in text


@pytest.mark.parametrize("siren", ["775672273", "000000000", "000 000 000"])
def test_a_siren_that_is_none_is_refused_by_the_command(siren: str) -> None:
    result = run_export("fec", "--caf", "761", "--exercise", "2025", "--siren", siren)
    assert result.exit_code == 2
    assert f"{siren} is not a SIREN" in result.stderr


@pytest.mark.parametrize("siret", ["00000000000000", "00000000000018", "20000016400000"])
def test_a_siret_that_is_never_given_is_refused_by_the_command(siret: str) -> None:
    caf = ("--caf", "761", "--name", "Caf de la Seine-Maritime")
    result = run_export("subventions", *caf, "--year", "2025", "--siret", siret)
    assert result.exit_code == 2
    assert f"{siret} is not a SIRET" in result.stderr


def test_a_fec_in_xml_is_neither_accepted_nor_refused(tmp_path: Path) -> None:
    (xml,) = (Path(__file__).parent / "fec_of_others" / "08-xml").iterdir()

    result = run_export("verify", exported(tmp_path / NAME), xml)

    assert result.exit_code == 1
    assert result.stderr == "clas: 1 of 2 are in XML and were not read\n"
    assert f"{xml.name} : non lu, ni accepté ni refusé.\n" in result.stdout
    assert "cet outil ne le lit pas" in " ".join(result.stdout.split())


def test_the_regime_may_be_told(tmp_path: Path) -> None:
    path = tmp_path / "512345679FEC20251231.txt"
    rows = [["", "", *line[2:]] for line in entry(1)]
    path.write_bytes(fec(rows).encode())

    assert run_export("verify", path).exit_code == 1
    assert run_export("verify", path, "--regime", "bnc-ba").exit_code == 0
