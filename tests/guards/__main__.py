"""`make guards`: remove each guard of kernel and adapters once; its test must then fail.

A guard is a line that only faults need. Each is replaced in a copy of the tree, and its test is
run there. That the tests pass with their guards is what `make test` shows. A test that waits longer
than its limit counts as failed. The exit code is 1 if a test passes without its guard, or if none
was chosen.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.guards.rabbitmq import RABBITMQ_GUARDS
from tests.guards.table import GUARDS, Guard

TREE = Path(__file__).parents[2]
COPIED = ("services", "shared", "deploy", "tests", "docs", "pyproject.toml", "requirements")
PYTEST = ("-x", "-q", "-n", "0", "-p", "no:cacheprovider")
UNIT_S, SERVERS_S = 30, 120
"""How long a test may wait for what no longer comes."""
console = Console()


def main() -> None:
    """Check the guards whose name contains `--only`, and print the table."""
    parser = argparse.ArgumentParser(prog="make guards", description=__doc__)
    parser.add_argument("--only", default="")
    wanted = [
        guard for guard in (*GUARDS, *RABBITMQ_GUARDS) if parser.parse_args().only in guard.name
    ]
    with tempfile.TemporaryDirectory() as folder, Progress(console=console) as progress:
        copy = _copied(Path(folder))
        results = {
            guard: _goes_red(copy, guard) for guard in progress.track(wanted, description="guards")
        }
    console.print(_table(results))
    sys.exit(0 if results and all(results.values()) else 1)


def _copied(folder: Path) -> Path:
    for name in COPIED:
        source = TREE / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    return folder


def _goes_red(copy: Path, guard: Guard) -> bool:
    """Return whether the test of a guard fails without it."""
    path = copy / guard.path
    text = path.read_text(encoding="utf-8")
    assert text.count(guard.line) == 1, f"{guard.path} has not exactly one {guard.line!r}"
    path.write_text(text.replace(guard.line, guard.without), encoding="utf-8")
    longest = UNIT_S if guard.test.startswith("tests/unit") else SERVERS_S
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", *PYTEST, "--timeout", str(longest), guard.test],
            cwd=copy,
            env=os.environ | {"PYTHONPATH": str(copy)},
            capture_output=True,
            check=False,
        )
    finally:
        path.write_text(text, encoding="utf-8")
    assert ended.returncode in {0, 1}, ended.stdout.decode()[-2000:]
    return ended.returncode == 1


def _table(results: dict[Guard, bool]) -> Table:
    table = Table(title="Guards removed once", min_width=60)
    for title in ("guard", "without it", "test"):
        table.add_column(title, overflow="fold")
    for guard, red in results.items():
        table.add_row(guard.name, "fails" if red else "[bold red]PASSES WITHOUT IT", guard.test)
    return table


if __name__ == "__main__":
    main()
