"""A case means what is written in it: no value is rounded, cut, or read as another one."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.__main__ import app
from services.cli.cases.dossier_fields import numbered_items
from services.cli.cases.mapping import AMOUNT, COUNT, DAY, SHARE, TEXT, CaseError, Codec
from services.cli.cases.run import compare, differences, load
from shared.yaml import parse_yaml

HEAD = "nom: Essai\npériode: 2025-2026\n"
TWICE = """étant donné:
  collectifs: [{enfants: 10}]
attendu:
  éligibilité: inéligible (ELI-23)
attendu:
  éligibilité: éligible
"""
THIRTEEN = """étant donné:
  collectifs: [{enfants: 013}]
attendu:
  éligibilité: inéligible (ELI-23)
"""
AMOUNT_IN_ZERO = """étant donné:
  collectifs:
    - coût prévisionnel: 8000.50
ensuite: [comité]
attendu:
  Ps: 2 600,16
"""


def _case(folder: Path, text: str) -> Path:
    file = folder / "x.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    return file


@pytest.mark.parametrize("text", [THIRTEEN, AMOUNT_IN_ZERO], ids=["013", "8000.50"])
async def test_a_number_is_read_as_it_is_written(tmp_path: Path, text: str) -> None:
    assert await differences(load(_case(tmp_path, text))) == []


async def test_thirteen_children_are_not_eleven(tmp_path: Path) -> None:
    text = THIRTEEN.replace("inéligible (ELI-23)", "éligible")

    assert await differences(load(_case(tmp_path, text))) == [
        "éligibilité : attendu éligible, obtenu inéligible (ELI-23)"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TWICE, "x.yaml : « attendu » est écrit deux fois, ligne 5, colonne 1 puis ligne 7, co"),
        (
            "étant donné: {collectifs: [{enfants: 9, enfants: 10}]}\nattendu: {Ps: 1}",
            "« enfants » est écrit deux fois, ligne 3, colonne 29 puis ligne 3, colonne 41",
        ),
        (
            "attendu:\n  enveloppes: {2025: 1, '2025': 2}",
            "« 2025 » est écrit deux fois, ligne 4, colonne 16 puis ligne 4, colonne 25",
        ),
    ],
)
def test_a_key_that_is_written_twice_is_named_with_both_places(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(CaseError) as fault:
        load(_case(tmp_path, text))

    assert message in str(fault.value)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("enfants: 12.9", "collectifs, enfants : « 12.9 » n’a pas de sens ici (un nombre entier"),
        ("enfants: 12.0", "enfants : « 12.0 » n’a pas de sens ici (un nombre entier s’écrit 12)"),
        ("enfants: true", "enfants : « true » n’a pas de sens ici (un nombre entier s’écrit 12)"),
        ("enfants: 1e1", "enfants : « 1E+1 » n’a pas de sens ici (un nombre entier s’écrit 12)"),
        ("enfants: .inf", "enfants : « Infinity » n’a pas de sens ici"),
        ("enfants: '1_2'", "enfants : « 1_2 » n’a pas de sens ici (un nombre entier s’écrit 12)"),
        ("enfants:", "enfants : « rien » n’a pas de sens ici (un nombre entier s’écrit 12)"),
        ("semaines: 26.5", "collectifs, semaines : « 26.5 » n’a pas de sens ici"),
        ("coût prévisionnel: 1:00:00", "« 1:00:00 » n’a pas de sens ici (un montant s’écrit"),
        ("coût prévisionnel: 8000.5", "« 8000.5 » n’a pas de sens ici (un montant s’écrit"),
        ("coût prévisionnel: 8e3", "« 8E+3 » n’a pas de sens ici (un montant s’écrit 2 758,25)"),
        ("coût prévisionnel: 10_000", "« 10_000 » n’a pas de sens ici (un montant s’écrit"),
        ("part à domicile: la moitié", "« la moitié » n’a pas de sens ici (une part s’écrit 50 %)"),
        ("part à domicile: .nan", "« NaN » n’a pas de sens ici (une part s’écrit 50 %)"),
        ("lieu unique: true", "lieu unique : « true » n’a pas de sens ici (oui ou non)"),
        ("lieu unique: yes", "lieu unique : « yes » n’a pas de sens ici (oui ou non)"),
        ("nom: 007", "nom : « 7 » n’a pas de sens ici (un texte est attendu"),
        ("nom:", "nom : « rien » n’a pas de sens ici (un texte est attendu"),
        ("classes: [CP, 2.50]", "classes : « CP; 2.50 » n’a pas de sens ici"),
        ("commence le: 2025-11-31", "commence le : « 2025-11-31 » n’a pas de sens ici"),
    ],
)
async def test_a_value_of_another_kind_is_named_and_never_converted(
    tmp_path: Path, fields: str, message: str
) -> None:
    text = f"étant donné:\n  collectifs:\n    - {fields}\nattendu: {{éligibilité: éligible}}"

    with pytest.raises(CaseError) as fault:
        await differences(load(_case(tmp_path, text)))

    assert message in str(fault.value)


@pytest.mark.parametrize(
    ("codec", "text", "value"),
    [
        (COUNT, "013", 13),
        (COUNT, "'12'", 12),
        (COUNT, "-1", -1),
        (AMOUNT, "8000.50", "8000.50"),
        (AMOUNT, "0.10", "0.10"),
        (AMOUNT, "-0.00", "-0.00"),
        (AMOUNT, "8000", "8000.00"),
        (AMOUNT, "1 158,46 €", "1158.46"),
        (SHARE, "50", "0.5"),
        (SHARE, "33.30", "0.333"),
        (DAY, "2025-11-20", "2025-11-20"),
        (TEXT, "'007'", "007"),
        (numbered_items("École"), "02", ["École 1", "École 2"]),
    ],
)
def test_a_codec_reads_what_a_file_holds(codec: Codec, text: str, value: Any) -> None:
    assert codec.read(parse_yaml(text, "x.yaml")) == value


def test_a_count_of_names_is_an_integer() -> None:
    with pytest.raises(CaseError, match="un nombre entier s’écrit 12"):
        numbered_items("École").read(parse_yaml("2.9", "x.yaml"))


def test_an_expected_amount_may_be_written_with_a_point() -> None:
    expected = parse_yaml("{Ps: 2600.50, bonus: 1:00:00, à examiner: [ELI-23, 12]}", "x.yaml")
    actual = {"Ps": "2 600,50", "bonus": "3 600,00", "à examiner": ["ELI-23"]}

    assert list(compare(expected, actual)) == [
        "bonus : attendu 1:00:00, obtenu 3 600,00",
        "à examiner : attendu ELI-23; 12, obtenu ELI-23",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEAD + TWICE, "clas: x.yaml : « attendu » est écrit deux fois, ligne 5"),
        (HEAD + "attendu: {PS: 1}", "clas: x.yaml : attendu : « PS » n’est pas connu"),
        (HEAD, "clas: x.yaml : il manque attendu"),
    ],
)
def test_the_command_names_the_file_once(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "x.yaml").write_text(content, encoding="utf-8")

    done = CliRunner().invoke(app, ["case", str(tmp_path / "x.yaml")])

    assert done.exit_code == 1
    assert message in done.stderr
    assert done.stderr.count("x.yaml") == 1


def test_the_command_names_the_line_of_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(HEAD.encode("cp1252"))

    done = CliRunner().invoke(app, ["case", str(tmp_path / "x.yaml")])

    assert done.exit_code == 1
    assert "x.yaml : ce n’est pas du YAML en UTF-8 (ligne 2, colonne 2)" in done.stderr
