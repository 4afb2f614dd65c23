"""Lock published parameters: python -m tests.lock [--again service/file@year]."""

import argparse
import sys

from tests.lock.locked import faults, lock


def main() -> int:
    """Add new values to the lock; return 1 when a locked one changed or is gone."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--again", metavar="KEY", help="lock a changed value again")
    lock(again=parser.parse_args().again)
    lines = faults()
    sys.stdout.writelines(f"{fault}\n" for fault in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
