"""`make simulate`: play many seeds; or one, with everything that happened.

A seed that fails is printed as it happens; `--seed N --trace` plays it again, to be read.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text

from tests.simulation.oracle import judge
from tests.simulation.progress import SAVED_EVERY, Progress
from tests.simulation.verdict import PLAYED_TWICE_EVERY, Lives, Verdict, prepare, verdict
from tests.simulation.world import play

console = Console()


def main() -> int:
    """Play what the command line says; return 1 when a seed failed."""
    options = _options()
    fewest, _, most = options.dossiers.partition("-")
    whole = {"drawn": None, "whole": True, "advance": False}[options.lives]
    lives = Lives(int(fewest), int(most or fewest), whole)
    prepare()
    if options.seed is not None:
        return _play_one(options.seed, lives, trace=options.trace)
    return _play_many(options, lives)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1_000, help="how many")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed")
    parser.add_argument("--dossiers", default="2-6", help="how many dossiers, N or N-M")
    parser.add_argument(
        "--lives",
        choices=("drawn", "whole", "advance"),
        default="drawn",
        help="drawn: half the seeds go on after the advance; whole: all do; advance: none does",
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--resume", type=Path, help="a file that keeps the progress")
    parser.add_argument("--seed", type=int, help="play this one only")
    parser.add_argument("--trace", action="store_true", help="with --seed: print each step")
    return parser.parse_args()


def _play_one(seed: int, lives: Lives, *, trace: bool) -> int:
    chosen = lives.setting(seed)
    console.print(chosen)
    ended = play(chosen, _print if trace else None)
    console.print(f"{ended.steps} steps in {ended.virtual_s:.0f} s of virtual time; {ended.digest}")
    try:
        judge(ended)
    except AssertionError as fault:
        console.print(str(fault), style="red", markup=False)
        return 1
    return 0


def _print(line: str) -> None:
    print(line)  # noqa: T201 - the console would take longer than the simulation


def _play_many(options: argparse.Namespace, lives: Lives) -> int:
    progress = Progress.load(options.resume, options.first)
    end = options.first + options.seeds
    with _bar() as bar:
        task = bar.add_task("seeds", total=options.seeds, completed=progress.next - options.first)
        for result in _verdicts(range(progress.next, end), lives, options.jobs):
            progress.next = result.seed + 1
            if result.fault:
                progress.faults[result.seed] = result.fault
                bar.console.print(f"seed {result.seed}: {result.fault[:2_000]}", markup=False)
            if progress.next % SAVED_EVERY == 0:
                progress.save(options.resume)
            bar.advance(task)
        progress.save(options.resume)
        rate = 60 * (bar.tasks[0].finished_speed or bar.tasks[0].speed or 0)
    console.print(
        f"{end - options.first} seeds, {len(progress.faults)} failed; {rate:.0f} a minute"
    )
    return bool(progress.faults)


def _verdicts(seeds: range, lives: Lives, jobs: int) -> Iterator[Verdict]:
    """Yield the verdicts in the order of the seeds."""
    judged = partial(_verdict, lives=lives)
    if jobs == 1:
        yield from map(judged, seeds)
        return
    with ProcessPoolExecutor(jobs, initializer=prepare) as pool:
        yield from pool.map(judged, seeds, chunksize=PLAYED_TWICE_EVERY)


def _verdict(seed: int, lives: Lives) -> Verdict:
    return verdict(seed, lives, twice=seed % PLAYED_TWICE_EVERY == 0)


def _bar() -> Bar:
    columns = (
        TextColumn("seeds"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    return Bar(*columns, console=console, transient=True)


class _Rate(ProgressColumn):
    """The seeds per minute."""

    def render(self, task: Task) -> Text:
        return Text(f"{60 * (task.speed or 0):.0f} a minute")


if __name__ == "__main__":
    if (
        os.environ.get("PYTHONHASHSEED") != "0"
    ):  # The order of a set must not depend on the process.
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]])
    sys.exit(main())
