"""What the command line imports: its help nothing heavy, each command no more than it uses."""

import inspect
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner

from services.cli.__main__ import Commands, app
from services.cli.export import Exports
from shared.console.lazy_group import WIDTH_MAX, CommandRow

MESSAGING = {"faststream", "aio_pika", "aiormq"}
DATABASE = {"motor", "pymongo"}
SERVING = {"uvicorn", "uvloop", "stamina"}
DRAWING = {"pygal", "resvg_py", "pyarrow", "xlsxwriter", "openpyxl"}
MODELS = {
    "shared.contracts",
    *(f"services.{name}.domain" for name in ("submission", "eligibility", "funding", "accounting")),
}
HEAVY = {"pydantic", "rich", "yaml", "orjson", *MESSAGING, *DATABASE, *SERVING, *DRAWING, *MODELS}
MODULES_MAX = 150
"""Modules above those of a bare interpreter: the help loads some 90, the version some 130."""
OTHERS = {
    "submission": MODELS - {"shared.contracts", "services.submission.domain"},
    "funding": MODELS - {"shared.contracts", "services.funding.domain"},
    "accounting": MODELS - {"shared.contracts", "services.accounting.domain"},
    "none": MODELS - {"shared.contracts"},
}
ALWAYS = {"faststream", "pygal", "resvg_py", "pyarrow", "xlsxwriter", "openpyxl", *SERVING}
"""No command's help loads any of these."""
BY_COMMAND: Mapping[str, set[str]] = {
    "topology": DATABASE | OTHERS["none"],
    "serve": MESSAGING | DATABASE | OTHERS["none"],
    "up": OTHERS["none"],
    "wait": OTHERS["none"],
    "doctor": OTHERS["none"],
    "redrive": OTHERS["none"],
    "dead-letters": DATABASE | OTHERS["none"],
    "publish": MESSAGING | DATABASE | OTHERS["none"],
    "conformance": MESSAGING | DATABASE | OTHERS["none"],
    "ledger": MESSAGING | DATABASE | OTHERS["accounting"],
    "deliveries": MESSAGING | DATABASE | OTHERS["accounting"],
    "envelopes": MESSAGING | DATABASE | OTHERS["funding"],
    "report": MESSAGING | DATABASE,
    "dossier": MESSAGING | DATABASE | OTHERS["none"],
    "case": MESSAGING | DATABASE,
    "simulate": MESSAGING | DATABASE,
    "explain": MESSAGING,
    "replay": MESSAGING,
    "demo": MESSAGING,
    "export": HEAVY,
    "export verify": MESSAGING | DATABASE | OTHERS["accounting"],
    "export fec": MESSAGING | OTHERS["accounting"],
    "export subventions": MESSAGING | OTHERS["funding"],
    "export xlsx": MESSAGING | OTHERS["accounting"],
    "export bonus": MESSAGING | OTHERS["funding"],
    "export list": MESSAGING | OTHERS["none"],
}
REPORT = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))"
CLAS = f"{REPORT}; from services.cli.__main__ import app; app(prog_name='clas')"


@dataclass(frozen=True)
class Finished:
    """What a fresh interpreter printed, and the modules that it had loaded at its end."""

    output: str
    modules: set[str]


def interpret(code: str, *words: str, **environment: str) -> Finished:
    """Run this code with these arguments."""
    result = subprocess.run(
        [sys.executable, "-c", code, *words],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return Finished(result.stdout, set(result.stderr.split()))


def complete(line: str) -> Finished:
    """Run what bash runs for a line with the cursor at its end."""
    rank = str(len(line.split(" ")) - 1)
    settings = {"_CLAS_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": rank}
    return interpret(CLAS, **settings)


def of(names: Iterable[str], modules: set[str]) -> set[str]:
    """Return those of the packages that were loaded."""
    return {
        name for name in names if any(f"{module}.".startswith(f"{name}.") for module in modules)
    }


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["export", "--help"]])
def test_help_and_version_load_nothing_heavy(words: list[str]) -> None:
    modules = interpret(CLAS, *words).modules
    assert "services.cli.__main__" in modules
    assert of(HEAVY, modules) == set()
    assert len(modules - interpret(REPORT).modules) <= MODULES_MAX


@pytest.mark.parametrize("command", BY_COMMAND)
def test_the_help_of_a_command_loads_what_it_uses(command: str) -> None:
    modules = interpret(CLAS, *command.split(), "--help").modules
    assert "services.cli.__main__" in modules
    assert of(BY_COMMAND[command] | ALWAYS, modules) == set()


@pytest.mark.parametrize("row", [*Commands.table, *Exports.table], ids=lambda row: row.name)
def test_each_row_of_a_table_repeats_the_help_of_its_command(row: CommandRow) -> None:
    text = inspect.cleandoc(row.load().help or "")
    assert row.help == " ".join(text.partition("\n\n")[0].split())


def test_an_unknown_command_names_a_near_one() -> None:
    result = CliRunner().invoke(app, ["ledgr"])
    assert result.exit_code == 2
    assert "Did you mean 'ledger'?" in result.output


@pytest.mark.parametrize("width", ["70", "80", "100", "140"])
def test_the_help_is_as_wide_as_the_terminal_and_cuts_no_word(width: str) -> None:
    lines = interpret(CLAS, "--help", COLUMNS=width).output.splitlines()
    assert min(int(width), WIDTH_MAX) - 20 < max(map(len, lines)) <= int(width)
    words = {token for row in Commands.table for token in row.help.split()}
    assert words <= {token for line in lines for token in line.split()}


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("clas led", ["ledger"]),
        ("clas de", ["demo", "deliveries", "dead-letters"]),
        ("clas export ", [row.name for row in Exports.table]),
        ("clas --ver", ["--version"]),
    ],
)
def test_bash_completes_commands_and_options(line: str, names: list[str]) -> None:
    assert complete(line).output.split() == names


def test_completing_the_name_of_a_command_loads_nothing_heavy() -> None:
    assert of(HEAVY, complete("clas led").modules) == set()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str) -> None:
    script = CliRunner(env={"_CLAS_COMPLETE": f"source_{shell}"}).invoke(app, prog_name="clas")
    assert script.exit_code == 0
    assert f"_CLAS_COMPLETE=complete_{shell}" in script.output
