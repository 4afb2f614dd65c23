"""How long the exports of a large exercise take, and how much memory.

python -m tests.bench.exports --lines 5000000

A closed exercise of one Caf is written into a private MongoDB; then the real command `clas export`
makes a batch of it in each format, as a process of its own. Memory is the largest resident size
that the system saw of that process; seconds are those of the whole command.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from deploy.embedded import PrivateMongo
from deploy.embedded.server import running
from tests.bench.exercise import CAF, EXERCISE, prepare

console = Console()
FORMATS = ("fec", "parquet", "csv")
OPTIONS = {"fec": ("--siren", "782134563")}
"""What a format asks for besides Caf and exercise."""
PREFIX = "bench_"
COMMAND = (sys.executable, "-m", "services.cli", "export")


@dataclass(frozen=True)
class Measured:
    """What one export took, and the size of what it wrote."""

    format: str
    seconds: float
    memory_bytes: int
    file_bytes: int


def main() -> None:
    """Prepare the books, export them, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.exports", description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--formats", nargs="+", default=FORMATS)
    options = parser.parse_args()
    mongo = PrivateMongo()
    with running(mongo), tempfile.TemporaryDirectory() as folder:
        lines = _prepared(mongo.url, options.lines)
        measured = [_export(name, mongo.url, Path(folder)) for name in options.formats]
        console.print(_table(measured, lines))


def _prepared(url: str, lines: int) -> int:
    with Progress(console=console, transient=True) as progress:
        task, written = progress.add_task("books", total=lines), 0
        for written in prepare(url, PREFIX, lines):
            progress.update(task, completed=written)
    return written


def _export(name: str, url: str, folder: Path) -> Measured:
    words = (name, "--caf", CAF, "--exercise", str(EXERCISE), *OPTIONS.get(name, ()))
    environment = os.environ | {"CLAS_MONGO_URL": url, "CLAS_DATABASE_PREFIX": PREFIX}
    start = time.perf_counter()
    process = subprocess.Popen([*COMMAND, *words, "--to", str(folder)], env=environment)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"clas export {name} failed")
    file = max(folder.glob(f"{name}-*/*"), key=_size)  # Beside it stand its manifest and notes.
    return Measured(name, seconds, used.ru_maxrss * 1024, _size(file))


def _size(file: Path) -> int:
    return file.stat().st_size


def _table(measured: Sequence[Measured], lines: int) -> Table:
    table = Table(title=f"{lines:,} lines of one exercise, `clas export`", min_width=60)
    for title in ("format", "seconds", "lines/s", "file (MB)", "peak memory (MB)"):
        table.add_column(title, justify="right")
    for row in measured:
        table.add_row(
            row.format,
            f"{row.seconds:,.0f}",
            f"{lines / row.seconds:,.0f}",
            f"{row.file_bytes / 1e6:,.0f}",
            f"{row.memory_bytes / 1e6:,.0f}",
        )
    # A process begins as a copy of the one that starts it: what is below this is not known.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    table.caption = f"No less than {own / 1e6:,.0f} MB could be seen: the size of this program."
    return table


if __name__ == "__main__":
    main()
