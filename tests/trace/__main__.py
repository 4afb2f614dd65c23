"""Write the trace of the rules: python -m tests.trace [--check].

It names what no code applies, no test shows, or is no longer there, and then exits with 1.
"""

import argparse
import sys
from pathlib import Path

from services.cli.rules.catalogue import own_rules, rules
from tests.trace.in_code import ROOT
from tests.trace.page import PAGE, page
from tests.trace.table import dangling, missing, traced, unknown, unproved


def faults(root: Path = ROOT) -> list[str]:
    """Return everything that keeps the trace from being whole, one sentence each."""
    rows = traced(root)
    return [
        *(fault for rule in rules().values() for fault in missing(rows, rule)),
        *(
            f"{rule}: no code applies it, or no test shows it"
            for rule in own_rules()
            if not (rows[rule].code and rows[rule].shown)
        ),
        *unproved(root),
        *(f"{each} is no longer there" for each in dangling(root)),
        *(f"{each} is named in code or tests and has no text" for each in unknown(root)),
    ]


def stale(root: Path = ROOT) -> bool:
    """Return whether the committed page differs from the generated one."""
    file = root / PAGE
    return not file.exists() or file.read_text(encoding="utf-8") != page(root)


def main() -> int:
    """Write the page, or with `--check` compare it; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if it would")
    lines = faults()
    if parser.parse_args().check:
        lines += [f"{PAGE} is not as generated: run `make rules`"] if stale() else []
    else:
        (ROOT / PAGE).write_text(page(), encoding="utf-8")
    sys.stdout.writelines(f"{fault}\n" for fault in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
