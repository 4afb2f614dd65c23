"""The errors of `clas demo`, and its exit codes."""

from typing import Any, NoReturn

import pytest
import typer
from typer.testing import CliRunner, Result

from deploy.embedded import ServersUnavailableError
from services.cli.demo import command, servers
from services.cli.demo.driver import DemoError, DemoStoppedError

app = typer.Typer()
app.command()(command.demo)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def fails_with(fault: BaseException) -> Any:
    def play() -> None:
        raise fault

    return play


def test_one_cannot_attach_to_nothing() -> None:
    result = run("--attach", "--in-process")
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr


def test_without_servers_it_names_three_ways_and_the_in_process_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none() -> NoReturn:
        raise ServersUnavailableError("RabbitMQ")

    monkeypatch.setattr(servers, "servers", none)
    result = run()
    assert result.exit_code == 3
    text = result.stderr
    assert "found no RabbitMQ" in text
    assert all(way in text for way in ("\n1. ", "\n2. ", "\n3. "))
    assert "clas demo --in-process" in text


def test_a_campaign_that_gets_stuck_ends_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "play_with_own_services", fails_with(DemoError("plus rien")))
    result = run()
    assert (result.exit_code, result.stderr) == (1, "clas: plus rien\n")


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), DemoStoppedError()])
def test_an_interrupted_demo_says_that_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    monkeypatch.setattr(servers, "play_attached", fails_with(fault))
    result = run("--attach")
    assert result.exit_code == 130
    assert "tout ce qui avait été démarré est arrêté" in result.stderr
