"""`make guards`: remove each guard of kernel and adapters once; its test must then fail.

A guard is a line that only faults need. Each is replaced in a copy of the tree, and its test is
run there. A test that waits longer than its limit counts as failed. The exit code is 1 if a test
passes without its guard or fails with it, or if none was chosen.
"""

import argparse
import sys

from tests.guards.rabbitmq import RABBITMQ_GUARDS
from tests.guards.removal import check
from tests.guards.table import GUARDS


def main() -> int:
    """Check the guards whose name contains `--only`, print the table, return the exit code."""
    parser = argparse.ArgumentParser(prog="make guards", description=__doc__)
    parser.add_argument("--only", default="")
    only = parser.parse_args().only
    wanted = [guard for guard in (*GUARDS, *RABBITMQ_GUARDS) if only in guard.name]
    return 0 if check(wanted, "guards removed once") else 1


if __name__ == "__main__":
    sys.exit(main())
