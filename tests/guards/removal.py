"""Break one place in a copy of the tree, and see whether a test fails for it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

TREE = Path(__file__).parents[2]
COPIED = ("services", "shared", "deploy", "tests", "docs", "pyproject.toml", "requirements")
PYTEST = ("-q", "-n", "0", "-p", "no:cacheprovider")
UNIT_S, SERVERS_S = 30, 120
"""How long a test may wait for what no longer comes."""
RED = "fails"


@dataclass(frozen=True, slots=True)
class Mutation:
    """A broken place: `line` of the file `path` becomes `without`, and `test` goes red."""

    name: str
    path: str
    line: str
    without: str
    test: str


def check(mutations: Sequence[Mutation], title: str) -> bool:
    """Break each place once, print the table, and return whether all tests went red for it.

    False if there are no mutations.
    """
    console = Console()
    with tempfile.TemporaryDirectory() as folder, Progress(console=console) as progress:
        copy = _copied(Path(folder))
        before = red_before(copy, mutations)
        outcomes = {
            mutation: "fails with it too" if mutation.test in before else outcome_of(copy, mutation)
            for mutation in progress.track(mutations, description=title)
        }
    console.print(_table(outcomes, title))
    return set(outcomes.values()) == {RED}


def stands(root: Path, mutation: Mutation) -> int:
    """Return how many times the line of a mutation stands in its file; 0 without the file."""
    path = root / mutation.path
    return path.read_text(encoding="utf-8").count(mutation.line) if path.is_file() else 0


def red_before(copy: Path, mutations: Sequence[Mutation]) -> set[str]:
    """Return the unit tests that fail in the whole tree: they prove nothing.

    That those with servers pass is left to `make test`: they take too long to be run twice.
    """
    tests = {mutation.test for mutation in mutations if _is_unit(mutation.test)}
    failed = _failures(_pytest(copy, *sorted(tests)))
    return {test for test in tests if any(_within(failure, test) for failure in failed)}


def outcome_of(copy: Path, mutation: Mutation) -> str:
    """Return `RED`, or what the test did without its line."""
    if (times := stands(copy, mutation)) != 1:
        return f"its line stands {times} times in {mutation.path}"
    path = copy / mutation.path
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(mutation.line, mutation.without), encoding="utf-8")
    try:
        ended = _pytest(copy, "-x", "--timeout", str(_longest(mutation.test)), mutation.test)
    finally:
        path.write_text(text, encoding="utf-8")
    if ended.returncode not in {0, 1}:
        return f"does not run: {(ended.stdout + ended.stderr).strip().splitlines()[-1]}"
    return RED if ended.returncode else "passes without it"


def _copied(folder: Path) -> Path:
    for name in COPIED:
        source = TREE / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    return folder


def _failures(ended: subprocess.CompletedProcess[str]) -> list[str]:
    lines = ended.stdout.splitlines()
    return [line.split(" ", 1)[1] for line in lines if line.startswith(("FAILED", "ERROR"))]


def _within(failure: str, test: str) -> bool:
    return failure == test or failure.startswith((f"{test} ", f"{test}[", f"{test}::"))


def _pytest(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", *PYTEST, *arguments],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy)},
        capture_output=True,
        check=False,
        text=True,
    )


def _is_unit(test: str) -> bool:
    return test.startswith("tests/unit")


def _longest(test: str) -> int:
    return UNIT_S if _is_unit(test) else SERVERS_S


def _table(outcomes: dict[Mutation, str], title: str) -> Table:
    table = Table(title=title, min_width=60)
    for heading in ("broken place", "without it", "test"):
        table.add_column(heading, overflow="fold")
    for mutation, outcome in outcomes.items():
        style = "" if outcome == RED else "bold red"
        table.add_row(mutation.name, Text(outcome, style), Text(mutation.test))
    return table
