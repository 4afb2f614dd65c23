"""Tables on terminals of any width: what is to be whole is never cut."""

import io

import pytest
from rich.console import Console

from shared.console import terminal
from shared.console.terminal import add, new_table, show

ENTRY = "9aa04ce8-0c38-5937-9c80-0d3516c50fa0"
AMOUNTS = ("2\u202f819\u202f366,88", "10\u202f176,26", "37\u202f764,95")


def shown(monkeypatch: pytest.MonkeyPatch, width: int) -> str:
    """Return a table of an entry and its amounts, as a terminal of this width gets it."""
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=True, color_system=None)
    monkeypatch.setattr(terminal, "console", console)
    figures = ("Réglé depuis", "Il faudrait", "Reste")
    table = new_table("Écriture", *figures, "Motif", right=figures, whole=("Écriture",))
    add(table, ENTRY, *AMOUNTS, "COMPTE, ligne 4 : Compte T 409 inconnu")
    show(table)
    return file.getvalue()


@pytest.mark.parametrize("width", [20, 60, 80, 100, 200])
def test_no_terminal_is_too_narrow_for_a_whole_figure(
    monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    told = shown(monkeypatch, width)
    assert all(each in told for each in (ENTRY, *AMOUNTS))


def test_a_terminal_with_little_room_folds_headers_and_texts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = shown(monkeypatch, 100).splitlines()
    assert {len(line) for line in told} == {100}
    assert not any("Il faudrait" in line for line in told)
    assert sum("COMPTE" in line for line in told) == 1


def test_a_terminal_with_room_gets_every_line_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    told = shown(monkeypatch, 200)
    assert "Il faudrait" in told
    assert "COMPTE, ligne 4 : Compte T 409 inconnu" in told
