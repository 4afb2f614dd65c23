"""Break each applied rule once and see the test of its row fail: python -m tests.trace.mutations.

`mutations/` names for each file the line that applies a rule, what it becomes, and the test, as the
trace names it. The exit code is 1 if a test passes without its rule, or fails with it.
"""

import argparse
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

from shared.yaml import read_yaml
from tests.guards.removal import Mutation, check

DATA = Path(__file__).parent / "mutations"
CASE = "tests/unit/cases/test_legal_cases.py::test_a_case_ends_as_expected[{}]"


@cache
def mutations() -> dict[str, Mutation]:
    """Return the mutation of each rule, by its id; several rules of one line may share theirs.

    Raises:
        ValueError: a rule has two.
    """
    by_rule: dict[str, Mutation] = {}
    for file in sorted(DATA.glob("*.yaml")):
        for path, of_file in read_yaml(file).items():
            for names, mutation in of_file.items():
                for rule in names.split(", "):
                    if rule in by_rule:
                        raise ValueError(f"{rule} has two mutations")
                    by_rule[rule] = Mutation(rule, path, **mutation)
    return by_rule


def runnable(test: str) -> str:
    """Return what pytest calls a test: that of a legal case is named by the case's file."""
    file = Path(test)
    return CASE.format(file.stem) if file.match("tests/cases/*.yaml") else test


def main() -> int:
    """Check the mutations of all rules, or of those after `--only`; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="*", metavar="RULE", default=sorted(mutations()))
    chosen = [
        replace(mutations()[rule], test=runnable(mutations()[rule].test))
        for rule in parser.parse_args().only
    ]
    return 0 if check(chosen, "rules broken once") else 1


if __name__ == "__main__":
    sys.exit(main())
