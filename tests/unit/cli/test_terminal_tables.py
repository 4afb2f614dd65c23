"""Tables on terminals of any width: no amount and no word is cut; colour follows the terminal."""

import io
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from rich.console import Console

from services.accounting.domain.totals import totals_of
from services.accounting.ledger_tables import balance_table, journal_table
from services.funding.reports.envelopes import COLUMNS, LIST
from shared.console import terminal
from shared.console.tables import Sheet, print_sheet
from shared.console.terminal import add, echo, new_table, show
from shared.french import figures, long_date
from tests.unit.export.closed_books import entries_of, worked_example

ENTRY = "9aa04ce8-0c38-5937-9c80-0d3516c50fa0"
AMOUNTS = ("2\u202f819\u202f366,88", "10\u202f176,26", "37\u202f764,95")


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], io.StringIO]:
    """Return a function that makes the terminal so wide, and gives what it shows."""

    def terminal_of(width: int) -> io.StringIO:
        file = io.StringIO()
        console = Console(file=file, width=width, force_terminal=True, color_system=None)
        monkeypatch.setattr(terminal, "console", console)
        return file

    return terminal_of


def shown(file: io.StringIO) -> str:
    """Return a table of an entry and its amounts, as this terminal gets it."""
    columns = ("Réglé depuis", "Il faudrait", "Reste")
    table = new_table("Écriture", *columns, "Motif", right=columns, whole=("Écriture",))
    add(table, ENTRY, *AMOUNTS, "COMPTE, ligne 4 : Compte T 409 inconnu")
    show(table)
    return file.getvalue()


@pytest.mark.parametrize("width", [20, 60, 80, 100, 200])
def test_no_terminal_is_too_narrow_for_a_whole_figure(
    paper: Callable[[int], io.StringIO], width: int
) -> None:
    output = shown(paper(width))
    assert all(text in output for text in (ENTRY, *AMOUNTS, "COMPTE,", "inconnu"))


def test_a_terminal_with_little_room_folds_texts(
    paper: Callable[[int], io.StringIO],
) -> None:
    lines = shown(paper(100)).splitlines()
    assert {len(line) for line in lines} == {100}
    assert sum("COMPTE" in line for line in lines) == 1


def test_a_terminal_with_room_gets_every_line_whole(
    paper: Callable[[int], io.StringIO],
) -> None:
    output = shown(paper(200))
    assert "Il faudrait" in output
    assert "COMPTE, ligne 4\u00a0: Compte T 409 inconnu" in output


def test_a_terminal_without_room_for_the_columns_gets_a_field_a_line(
    paper: Callable[[int], io.StringIO],
) -> None:
    assert shown(paper(60)).splitlines() == [
        f"Écriture      {ENTRY}",
        f"Réglé depuis  {AMOUNTS[0]}",
        f"Il faudrait   {AMOUNTS[1]}",
        f"Reste         {AMOUNTS[2]}",
        "Motif         COMPTE, ligne 4\u00a0: Compte T 409 inconnu",
        "",
    ]


def test_the_ledger_cuts_no_amount_and_no_word_at_80_columns(
    paper: Callable[[int], io.StringIO],
) -> None:
    file = paper(80)
    entries = entries_of(worked_example().states, 2025)
    show(journal_table(entries))
    show(balance_table(totals_of(entry.posted for entry in entries).trial_balance))

    posted = [entry.posted for entry in entries]
    lines = [line for each in posted for line in each.lines]
    texts = [f"{each.label} {long_date(each.booked_on)}" for each in posted]
    texts += [line.account for line in lines]
    amounts = [figures(line.debit or line.credit) for line in lines]
    assert_whole(file, [part for text in texts for part in text.split(" ")] + amounts)


def test_envelopes_and_their_waiting_list_cut_no_amount_and_no_word_at_80_columns(
    paper: Callable[[int], io.StringIO],
) -> None:
    file = paper(80)
    amount = Decimal("12819366.88")
    name = "Association départementale des familles de Seine-Maritime"
    row = (1, "76-2025-0042", name, "2025-2026", date(2025, 10, 3), 2025, amount)
    print_sheet(Sheet("Enveloppes", COLUMNS, ((2025, *[amount] * 6),)))
    print_sheet(Sheet("Liste d’attente", LIST, (row,)))

    assert file.getvalue().count(figures(amount)) == 7
    assert_whole(file, [*name.split(" "), "76-2025-0042", "2025-2026", "03/10/2025"])


def assert_whole(file: io.StringIO, texts: list[str]) -> None:
    """Each word stands on one line, and no line is longer than 80 columns."""
    lines = file.getvalue().splitlines()
    assert [text for text in texts if not any(text in line for line in lines)] == []
    assert max(map(len, lines)) <= 80


PROGRAM = """
from shared.console.terminal import add, echo, new_table, progress, show
echo("mot " * 60, style="red")
table = new_table("Un", "Deux")
add(table, "a", "b", style="yellow")
show(table)
with progress() as bar:
    bar.add_task("…", total=1)
"""


def on_a_terminal(**environment: str) -> str:
    """Return what a program writes on a terminal with these variables."""
    master, slave = pty.openpty()
    plain = {key: value for key, value in os.environ.items() if key not in SETTINGS}
    subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=plain | {"PYTHONPATH": os.pathsep.join(sys.path)} | environment,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        check=True,
    )
    os.close(slave)
    output = os.read(master, 100_000).decode()
    os.close(master)
    return output


SETTINGS = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "COLORTERM", "TTY_COMPATIBLE"}
COLOUR = re.compile(r"\x1b\[[0-9;]*(3[0-9]|4[0-9]|9[0-7])[0-9;]*m")


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colour_follows_the_terminal_and_no_color(
    environment: dict[str, str],
    coloured: bool,
) -> None:
    output = on_a_terminal(COLUMNS="80", **environment)
    assert bool(COLOUR.search(output)) == coloured
    if environment["TERM"] == "dumb":
        assert "\x1b" not in output


@pytest.mark.parametrize("width", [60, 90])
def test_width_follows_the_terminal(width: int) -> None:
    output = on_a_terminal(TERM="xterm", NO_COLOR="1", COLUMNS=str(width))
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", output).splitlines()
    assert width - 4 < max(map(len, lines)) <= width


def test_a_shortened_sheet_says_how_many_rows_title_and_total_count(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = (("A", Decimal("1.00")),)
    print_sheet(Sheet("Dossiers", ("Dossier", "Ps"), rows, ("Total", Decimal("3.00")), count=1201))
    print_sheet(Sheet("Dossiers", ("Dossier", "Ps"), rows, ("Total", Decimal("1.00")), count=1))

    shown = capsys.readouterr().out
    assert "Dossiers : 1\u202f201, dont 1 ici\n" in shown
    assert "Total (1\u202f201 lignes)  3,00" in shown
    assert "Dossiers : 1\n" in shown
    assert "Total    1,00" in shown


def test_punctuation_and_amounts_stay_with_their_word_in_tables_too(
    paper: Callable[[int], io.StringIO],
) -> None:
    file = paper(30)
    table = new_table("Règle", "par exemple")
    add(table, "PRX-01", "Le plafond vaut au plus : 8 487,00 € ; voir « le barème » !")
    show(table)
    out = file.getvalue()

    assert all(
        part in out
        for part in (
            "plus\u00a0:",
            "8\u00a0487,00\u00a0€\u00a0;",
            "«\u00a0le",
            "barème\u00a0»\u00a0!",
        )
    )


def test_the_next_lines_of_a_numbered_title_stand_under_its_text(
    paper: Callable[[int], io.StringIO],
) -> None:
    file = paper(40)
    echo(" 4. Financement prévisionnel du projet : Ps 4 793,75 €", hanging=4)

    assert file.getvalue().splitlines() == [
        " 4. Financement prévisionnel du projet\u00a0:",
        "    Ps 4\u00a0793,75\u00a0€",
    ]
