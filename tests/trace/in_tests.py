"""Which tests show a rule: those whose body names it, or that use a table or helper that does."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from shared.yaml import read_yaml
from tests.trace.in_code import ROOT, RULE, rules_in

# From the nearest to the rule to the widest. Contract and command line tests list rules only.
SHOWING = (
    "tests/unit/submission/test_*.py",
    "tests/unit/eligibility/test_*.py",
    "tests/unit/funding/test_*.py",
    "tests/unit/accounting/test_*.py",
    "tests/unit/cli/test_report*.py",
    "tests/unit/report*/test_*.py",
)
CASES = "tests/cases/*.yaml"
STORIES = "tests/stories/*.json"
Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign | ast.AnnAssign


@cache
def references(root: Path = ROOT) -> dict[str, list[str]]:
    """Return by rule id the tests that show it: the nearest first, each once."""
    by_rule: dict[str, list[str]] = {}
    for rule, _strength, reference in sorted({*_in_functions(root), *_in_documents(root)}):
        if reference not in by_rule.setdefault(rule, []):
            by_rule[rule].append(reference)
    return by_rule


def resolves(reference: str, root: Path = ROOT) -> bool:
    """Return whether a reference, `file::test` or the path of a case or story, still exists."""
    file, _, test = reference.partition("::")
    if not (root / file).is_file():
        return False
    return not test or any(each == test for each, _ in _tests(root / file))


def _in_functions(root: Path) -> Iterator[tuple[str, int, str]]:
    for path in sorted({each for pattern in SHOWING for each in root.glob(pattern)}):
        for test, rules in _tests(path):
            for rule, whole in rules:
                yield rule, 0 if whole else 1, f"{path.relative_to(root).as_posix()}::{test}"


def _in_documents(root: Path) -> Iterator[tuple[str, int, str]]:
    for path in sorted(root.glob(CASES)):
        for rule in read_yaml(path).get("règles", ()):
            yield rule, 2, path.relative_to(root).as_posix()
    for path in sorted(root.glob(STORIES)):
        _, _, expected = path.read_text(encoding="utf-8").partition('"then"')
        for rule in RULE.findall(expected):
            yield rule, 3, path.relative_to(root).as_posix()


@cache
def _tests(path: Path) -> list[tuple[str, set[tuple[str, bool]]]]:
    """Return each test of a file with the rules that it, or what it uses of the file, names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {name: node for node in tree.body if isinstance(node, Named) for name in _names(node)}
    return [
        (name, set(_reached(node, named))) for name, node in named.items() if name[:5] == "test_"
    ]


def _reached(node: ast.AST, named: dict[str, Named]) -> Iterator[tuple[str, bool]]:
    """Yield the rules of a node as strong as written, those of the tables that it uses as weak."""
    yield from rules_in(node)
    for name in {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}:
        if name in named and named[name] is not node and not name.startswith("test_"):
            yield from ((rule, False) for rule, _ in rules_in(named[name]))


def _names(node: Named) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [each.id for each in targets if isinstance(each, ast.Name)]
