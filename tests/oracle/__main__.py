"""`python -m tests.oracle --lives 100000 --seed 1`: many lives, on every core.

`--life N` runs one life again and shows its first difference.
"""

import argparse
import multiprocessing
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator

from tests.oracle.compare import Difference, Seen, compare

CHUNK = 250
SHOWN = 10
PER_SEED = 10_000_000
"""Lives of different seeds do not overlap."""


def chunk(first: int, count: int) -> tuple[int, list[Difference], Seen]:
    """Run lives in a row; one that raises is a difference too."""
    seen: Seen = Counter()
    differences = []
    for seed in range(first, first + count):
        try:
            difference = compare(seed, seen)
        except Exception:  # noqa: BLE001 - the others go on
            difference = Difference(seed, 0, "", "an answer", traceback.format_exc())
        if difference:
            differences.append(difference)
    return count, differences, seen


def chunks(seed: int, lives: int) -> Iterator[tuple[int, int]]:
    """Split `lives` into (first, count)."""
    first = seed * PER_SEED
    for start in range(0, lives, CHUNK):
        yield first + start, min(CHUNK, lives - start)


def run(seed: int, lives: int, processes: int) -> int:
    """Run all lives; return the number that differ."""
    began, done, differing = time.monotonic(), 0, 0
    seen: Seen = Counter()
    with multiprocessing.Pool(processes) as pool:
        for count, differences, more in pool.imap(_chunk, chunks(seed, lives)):
            done, seen = done + count, seen + more
            for difference in differences[: max(0, SHOWN - differing)]:
                write_line(difference)
            differing += len(differences)
            took = time.monotonic() - began
            sys.stderr.write(f"\r{done} lives, {differing} differ, {took:.0f} s ")
    sys.stderr.write("\n")
    for name, times in sorted(seen.items()):
        write_line(f"{times:>9}  {name}")
    write_line(f"{done} lives, {differing} differ, {time.monotonic() - began:.1f} s")
    return differing


def write_line(what: object) -> None:
    """Write a line."""
    sys.stdout.write(f"{what}\n")


def _chunk(span: tuple[int, int]) -> tuple[int, list[Difference], Seen]:
    return chunk(*span)


def main() -> int:
    """Return 0 when no life differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("--lives", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--life", type=int, help="one life, by its number")
    options = parser.parse_args()
    if options.life is None:
        return int(run(options.seed, options.lives, options.processes) > 0)
    differences = chunk(options.life, 1)[1]
    write_line(differences[0] if differences else f"life {options.life}: no difference")
    return len(differences)


if __name__ == "__main__":
    sys.exit(main())
