"""The confirmation of `clas close`, and its messages when following ends before the closing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import typer

from services.accounting.closing_cli import progress
from services.accounting.closing_cli.progress import ClosingRefusedError, NoProgressError
from services.accounting.closing_cli.request import Request
from services.cli import close as command
from shared.console.terminal import Code
from shared.contracts.common import Reason
from shared.kernel.settings import Settings

ASKED = Request("761", 2025, date(2026, 1, 31), None)


def ending(monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    """Let following end with a fault."""

    def run(work: Any, _settings: Settings) -> None:
        work.close()
        raise fault

    monkeypatch.setattr(progress, "run_async", run)


def error_text(capsys: pytest.CaptureFixture[str]) -> str:
    """Return the text on standard error."""
    return capsys.readouterr().err.replace("\n", " ")


def test_ctrl_c_says_that_the_closing_goes_on_and_how_to_follow_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ending(monkeypatch, KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt):
        progress.follow(Settings(), ASKED, 60)

    assert "la clôture continue sans cette commande" in (printed := error_text(capsys))
    assert "`clas close --caf 761 --exercise 2025` la suit de nouveau" in printed


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (NoProgressError(), "rien n’avance depuis 60 s"),
        (NoProgressError(), "`clas serve accounting` le démarre"),
        (
            ClosingRefusedError(Reason(rule="CLO-03", message="Une autre est en cours.")),
            "[CLO-03] Une autre",
        ),
        (ClosingRefusedError(), "`clas dead-letters list accounting` dit pourquoi"),
    ],
)
def test_a_closing_that_stands_still_or_is_refused_ends_with_code_1_and_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: Exception,
    expected: str,
) -> None:
    ending(monkeypatch, fault)

    with pytest.raises(typer.Exit) as ended:
        progress.follow(Settings(), ASKED, 60)

    assert ended.value.exit_code == Code.WRONG
    assert expected in error_text(capsys)


def answering(monkeypatch: pytest.MonkeyPatch, answer: str) -> Callable[[], None]:
    """Simulate a terminal with this answer."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: answer)
    return lambda: command._confirm(ASKED)


@pytest.mark.parametrize("answer", ["oui", "o", " Oui ", "y", "yes"])
def test_a_yes_in_french_or_english_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str
) -> None:
    answering(monkeypatch, answer)()

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("answer", ["non", "n", "", "ouais"])
def test_any_other_answer_sends_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str
) -> None:
    with pytest.raises(typer.Exit) as ended:
        answering(monkeypatch, answer)()

    assert ended.value.exit_code == Code.OK
    assert "Rien n’a été envoyé." in capsys.readouterr().out


def test_an_interruption_at_the_question_ends_with_the_code_of_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asking = answering(monkeypatch, "")

    def interrupted(*_: object, **__: object) -> None:
        raise typer.Abort

    monkeypatch.setattr(typer, "prompt", interrupted)
    with pytest.raises(typer.Exit) as ended:
        asking()

    assert ended.value.exit_code == 130


def test_a_name_that_the_contract_does_not_hold_is_told_before_anything_is_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as ended:
        command._request("761", 2025, date(2026, 1, 31), "x" * 10_001)

    assert ended.value.exit_code == Code.USAGE
    assert "closed_by" in error_text(capsys)
