"""The trace: each rule with what applies it and what shows it, its own and those it goes with."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.cli.rules.catalogue import Rule, choices, own_rules, rules
from tests.guards.removal import stands
from tests.trace import in_code, in_tests
from tests.trace.mutations import mutations

CODE_MAX = 3
TESTS_MAX = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A rule's references: the first ones of each sort, those written beside the rule before.

    `proof` is the test that fails once the rule is broken, in the first of `code`; only a rule
    without one names other tests.
    """

    code: tuple[str, ...]
    proof: str | None
    tests: tuple[str, ...]

    @property
    def shown(self) -> bool:
        """Whether a test shows the rule."""
        return bool(self.proof or self.tests)


def traced(root: Path = in_code.ROOT) -> dict[str, Row]:
    """Return the references of every rule, those of our own included."""
    return {id_: _row(id_, root) for id_ in sorted({*rules(), *own_rules()})}


def applied_by(id_: str, root: Path = in_code.ROOT) -> list[str]:
    """Return what applies a rule: what is written beside it and those that it goes with first."""
    reached = _with(id_)
    written = [each for rule in reached if rule in rules() for each in rules()[rule].code]
    return [*written, *_best_references(reached, in_code.references(root))]


def shown_by(id_: str, root: Path = in_code.ROOT) -> list[str]:
    """Return the tests that show a rule, in the same order."""
    reached = _with(id_)
    written = [each for rule in reached if rule in rules() for each in rules()[rule].tests]
    return [*written, *_best_references(reached, in_tests.references(root))]


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


# A test needs an objective that no text has.
IMAGINARY = {"AXE-Z9"}


def missing(rows: dict[str, Row], rule: Rule) -> list[str]:
    """Return what a rule that is applied, or is a person's, lacks."""
    lacks = []
    if rule.place != "information" and not rows[rule.id].code:
        lacks.append(f"{rule.id}: nothing applies it")
    if rule.place == "applied" and not rows[rule.id].shown:
        lacks.append(f"{rule.id}: no test shows it")
    return lacks


def unproved(root: Path = in_code.ROOT) -> list[str]:
    """Return what keeps a rule from being proved by its mutation, one sentence each."""
    applied = {*own_rules(), *(rule.id for rule in rules().values() if rule.place == "applied")}
    return [
        *(f"{rule}: no mutation breaks it" for rule in sorted(applied - mutations().keys())),
        *(f"{rule}: is not applied" for rule in sorted(mutations().keys() - applied)),
        *(
            f"{rule}: {fault}"
            for rule in sorted(applied & mutations().keys())
            for fault in _faults(rule, root)
        ),
    ]


def _faults(rule: str, root: Path) -> Iterator[str]:
    mutation = mutations()[rule]
    if (times := stands(root, mutation)) != 1:
        yield f"the line of its mutation stands {times} times in {mutation.path}"
    if mutation.path not in map(in_code.file_of, applied_by(rule, root)):
        yield f"no code of its row is in {mutation.path}"
    if _name(mutation.test) not in shown_by(rule, root):
        yield f"its row does not name {mutation.test}"


def _row(id_: str, root: Path) -> Row:
    mutation, code, tests = mutations().get(id_), applied_by(id_, root), shown_by(id_, root)
    if mutation is None or any(_faults(id_, root)):
        return Row(code=_first(code, CODE_MAX), proof=None, tests=_first(tests, TESTS_MAX))
    place = in_code.reference_at(root, mutation.path, mutation.line)
    return Row(code=_first([place, *code], CODE_MAX), proof=mutation.test, tests=())


def _name(test: str) -> str:
    """Return a test without the values of its parameters."""
    return test.partition("[")[0]


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
