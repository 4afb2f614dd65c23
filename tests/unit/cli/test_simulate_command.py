"""`clas simulate` on the command line: options, tables, chart, and nothing else written."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer import Exit
from typer.testing import CliRunner, Result

from services.cli.__main__ import app
from services.funding.simulation.report import print_booked
from services.funding.simulation.run import simulated_rights
from shared.console.terminal import PLAIN_WIDTH, console
from shared.contracts.base import WireModel
from shared.contracts.envelope import routing_key
from shared.kernel.messages import OutgoingMessage
from tests.support import life, samples
from tests.support.client import event
from tests.unit.demo.events import body


@pytest.fixture(autouse=True)
def _whole_lines() -> Iterator[None]:
    width, console.width = console.width, PLAIN_WIDTH
    yield
    console.width = width


def file_of(folder: Path, *data: WireModel) -> str:
    path = folder / "events.jsonl"
    events = [event(type(each).__name__, each.model_dump(mode="json")) for each in data]
    path.write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    return str(path)


def simulate(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["simulate", "--school-year", "2025-2026", *arguments])


def plain(result: Result) -> str:
    return result.stdout.replace("\u202f", " ").replace("\u00a0", " ")


def test_it_prints_the_changes_the_winners_and_the_costs(tmp_path: Path) -> None:
    file = file_of(tmp_path, samples.agrement())

    text = plain(simulate(file, "--plafond", "9000", "--part-n", "0.5"))

    assert "prix plafond : 8 487,00 € → 9 000,00 €" in text
    assert "Ps au plus : 2 758,25 € → 2 925,00 €" in text
    assert "part de l'exercice N : 40 % → 50 %" in text
    total = ["Total", "1", "2 925,00", "634,00", "3 392,25", "3 559,00", "+166,75", "+4,9", "0"]
    assert " ".join(total) in " ".join(text.split())
    assert "Gagnants : 1 droit, +166,75 €" in text
    assert "Perdants : aucun" in text
    assert [path.name for path in tmp_path.iterdir()] == ["events.jsonl"]


def test_deferred_rights_are_shown_as_waiting(tmp_path: Path) -> None:
    later = {"school_year": "2026-2027", "multi_year_until": "2026-2027"}
    file = file_of(tmp_path, samples.agrement(**later))
    prices = ("--plafond=9000", "--ps-max=2925", "--bonus-enfants=340", "--bonus-parents=320")

    text = plain(simulate(file, "--school-year", "2026-2027", *prices))

    assert "attend (PRX-07)" in text
    assert "1 → 0" in text
    assert "prix plafond : 9 000,00 €" in text


def test_a_year_whose_only_right_is_cancelled_costs_nothing(tmp_path: Path) -> None:
    later = {"school_year": "2026-2027", "multi_year_until": "2026-2027"}
    file = file_of(tmp_path, samples.agrement(**later), life.agrement_amended())

    done = simulate(file, "--school-year", "2026-2027", "--plafond=9000")

    assert done.exit_code == 0, done.output
    assert "Total 1 0,00 0,00 0,00 0,00 0,00 – 0" in " ".join(plain(done).split())


@pytest.mark.parametrize(("name", "begins"), [("a.svg", b"<?xml"), ("a.png", b"\x89PNG\r\n")])
def test_the_chart_is_the_one_thing_written(tmp_path: Path, name: str, begins: bytes) -> None:
    file = file_of(tmp_path, samples.agrement())

    result = simulate(file, "--rate", "0.35", "--chart", str(tmp_path / name))

    assert result.exit_code == 0
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert {path.name for path in tmp_path.iterdir()} == {"events.jsonl", name}


def test_the_chart_stands_alone(tmp_path: Path) -> None:
    file = file_of(tmp_path, samples.agrement())

    simulate(file, "--plafond", "9000", "--chart", str(tmp_path / "a.svg"))

    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8").replace("\u202f", " ")
    assert "Clas 2025-2026, simulation : 3 392\N{NO-BREAK SPACE}€ → 3 559" in drawn
    assert "Caf 761" in drawn
    assert "<script" not in drawn
    assert "href" not in drawn


@pytest.mark.parametrize(
    "arguments",
    [
        ("--rate", "1.5"),
        ("--plafond", "-3"),
        ("--plafond", "neuf mille"),
        ("--envelope", "76:2025=1"),
        ("--envelope", "761:2025=1.2.3"),
        ("--chart", "a.gif"),
        ("--school-year", "2025-2027"),
        ("--school-year", "2013-2014"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(
    tmp_path: Path, arguments: tuple[str, str]
) -> None:
    file = file_of(tmp_path, samples.agrement())

    assert simulate(file, *arguments).exit_code == 2


def test_a_file_without_a_right_of_that_year_ends_with_1(tmp_path: Path) -> None:
    result = simulate(file_of(tmp_path, samples.campaign()))

    assert result.exit_code == 1
    assert "0 messages for funding, none about 2025-2026" in result.stderr


def test_a_file_that_is_not_there_ends_with_1(tmp_path: Path) -> None:
    result = simulate(str(tmp_path / "none.jsonl"))

    assert result.exit_code == 1
    assert "cannot be read: No such file" in result.stderr


def outputs(*data: WireModel) -> list[OutgoingMessage]:
    return [
        OutgoingMessage(f"e{rank}", routing_key(type(item).__name__, "761"), body(item, f"e{rank}"))
        for rank, item in enumerate(data)
    ]


def test_a_difference_from_the_booked_amounts_is_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    booked = outputs(samples.funding_granted())
    today = simulated_rights(outputs(samples.funding_granted(part_n="1103.29")), "2025-2026")

    with pytest.raises(Exit) as ended:
        print_booked(today, booked, "2025-2026")

    assert ended.value.exit_code == 1
    assert samples.DOSSIER in capsys.readouterr().err


def test_agreement_with_the_booked_amounts_is_confirmed(capsys: pytest.CaptureFixture[str]) -> None:
    booked = outputs(samples.funding_granted())

    print_booked(simulated_rights(booked, "2025-2026"), booked, "2025-2026")

    assert "✓ Les paramètres en vigueur redonnent" in capsys.readouterr().out


def test_the_sides_are_as_long_as_the_limit(tmp_path: Path) -> None:
    agrements = (samples.agrement(dossier_id=f"D-{number:02}") for number in range(12))
    file = file_of(tmp_path, *agrements)

    shortened = plain(simulate(file, "--plafond", "9000"))
    whole = plain(simulate(file, "--plafond", "9000", "--limit", "0"))

    assert "… et 2 autres : --limit 0 les donne tous" in shortened
    assert shortened.count("D-") == 10
    assert whole.count("D-") == 12
    assert "autres" not in whole
