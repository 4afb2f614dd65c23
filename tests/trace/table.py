"""The trace: each rule with what applies it and what shows it, its own and those it goes with."""

from dataclasses import dataclass
from pathlib import Path

from services.cli.rules.catalogue import Rule, choices, own_rules, rules
from tests.trace import in_code, in_tests

CODE_MAX = 3
TESTS_MAX = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A rule's references: the first ones of each sort, those written beside the rule before."""

    code: tuple[str, ...]
    tests: tuple[str, ...]


def traced(root: Path = in_code.ROOT) -> dict[str, Row]:
    """Return the references of every rule, those of our own included."""
    code, tests = in_code.references(root), in_tests.references(root)
    ids = {*rules(), *own_rules()}
    return {id_: _row(id_, code, tests) for id_ in sorted(ids)}


def dangling(root: Path = in_code.ROOT) -> list[str]:
    """Return what is written beside a rule and is no longer there, as `rule: reference`."""
    missing = [
        *(
            (rule, each)
            for rule in rules().values()
            for each in rule.code
            if not in_code.resolves(each, root)
        ),
        *(
            (rule, each)
            for rule in rules().values()
            for each in rule.tests
            if not in_tests.resolves(each, root)
        ),
    ]
    return [f"{rule.id}: {reference}" for rule, reference in missing]


def unknown(root: Path = in_code.ROOT) -> list[str]:
    """Return the ids that code or tests name and that no list of rules knows."""
    named = {*in_code.references(root), *in_tests.references(root)}
    identifiers = rules().keys() | own_rules().keys() | choices().keys() | IMAGINARY
    bodies = {each.partition("-")[0] for each in identifiers}
    return sorted(each for each in named - identifiers if each.partition("-")[0] in bodies)


# A test needs an objective that no text has; `REC-07b` is read in `D-REC-07b`.
IMAGINARY = {"AXE-Z9", "REC-07b"}


def missing(rows: dict[str, Row], rule: Rule) -> list[str]:
    """Return what a rule that is applied, or is a person's, lacks."""
    lacks = []
    if rule.place != "information" and not rows[rule.id].code:
        lacks.append(f"{rule.id}: nothing applies it")
    if rule.place == "applied" and not rows[rule.id].tests:
        lacks.append(f"{rule.id}: no test shows it")
    return lacks


def _row(id_: str, code: dict[str, list[str]], tests: dict[str, list[str]]) -> Row:
    reached = _with(id_)
    written = [rules()[each] for each in reached if each in rules()]
    return Row(
        code=_first(
            [*(ref for rule in written for ref in rule.code), *_best_references(reached, code)],
            CODE_MAX,
        ),
        tests=_first(
            [*(ref for rule in written for ref in rule.tests), *_best_references(reached, tests)],
            TESTS_MAX,
        ),
    )


def _with(id_: str) -> list[str]:
    """Return a rule and those that it goes with, nearest first, each once."""
    reached = [id_]
    for rule_id in reached:
        if rule_id in rules():
            reached += [other for other in rules()[rule_id].with_ if other not in reached]
    return reached


def _best_references(reached: list[str], references: dict[str, list[str]]) -> list[str]:
    """Return the best reference of each rule, then the second best ones, and so on."""
    lists = [references.get(each, []) for each in reached]
    depth = max(map(len, lists), default=0)
    return [each[rank] for rank in range(depth) for each in lists if rank < len(each)]


def _first(references: list[str], most: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(references))[:most]
