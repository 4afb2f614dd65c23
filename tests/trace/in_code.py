"""Where the code names a rule: functions and classes first, then parameters, then modules."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
RULE = re.compile(r"\b(?:D-)?[A-Z]{3}-[A-Z]?\d{1,2}[a-zL]?\b")
APPLYING = (
    "services/*/domain/*.py",
    "services/*/holidays.py",
    "services/*/reports/*.py",
    "services/cli/report.py",
    "shared/contracts/*.py",
)
# The registry lists what may be refused: it applies nothing.
LISTING = {"registry.py", "requests.py"}
PARAMETERS = "services/*/parameters/*.yaml"
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@cache
def references(root: Path = ROOT) -> dict[str, list[str]]:
    """Return by rule id what names it: the strongest first, each once.

    A function that gives the rule as its own is stronger than one that speaks of it.
    """
    pairs = sorted({*_in_modules(root), *_in_parameters(root)})
    by_rule: dict[str, list[str]] = {}
    for rule, _strength, reference in pairs:
        if reference not in by_rule.setdefault(rule, []):
            by_rule[rule].append(reference)
    return by_rule


def resolves(reference: str, root: Path = ROOT) -> bool:
    """Return whether a reference, `module:name` or the path of a file, still exists."""
    module, _, name = reference.partition(":")
    if not name:
        return (root / reference).is_file() or (root / _path(module)).is_file()
    return (root / _path(module)).is_file() and name in {
        each.name for each in _definitions(root / _path(module))
    }


def file_of(reference: str) -> str:
    """Return the file of a reference, `module:name`, `module` or a path."""
    module, _, _ = reference.partition(":")
    return reference if "/" in reference else _path(module).as_posix()


def reference_at(root: Path, file: str, line: str) -> str:
    """Return what of a file holds a line: a function or class, the module, or another file."""
    if not file.endswith(".py"):
        return file
    text = (root / file).read_text(encoding="utf-8")
    number = text[: text.index(line)].count("\n") + 1
    module = ".".join(Path(file).with_suffix("").parts)
    names = [
        each.name
        for each in _definitions(root / file)
        if each.lineno <= number <= (each.end_lineno or each.lineno)
    ]
    return ":".join([module, *names])


def rules_in(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield the rules that the strings of a node name, and whether one is the whole string."""
    for child in ast.walk(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            for rule in RULE.findall(child.value):
                yield rule, rule == child.value


def _in_modules(root: Path) -> Iterator[tuple[str, int, str]]:
    for path in sorted({each for pattern in APPLYING for each in root.glob(pattern)}):
        if path.name in LISTING:
            continue
        module = ".".join(path.relative_to(root).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, Definition):
                for rule, whole in rules_in(node):
                    yield rule, 0 if whole else 1, f"{module}:{node.name}"
            else:
                for rule, _ in rules_in(node):
                    yield rule, 3, module


def _in_parameters(root: Path) -> Iterator[tuple[str, int, str]]:
    for path in sorted(root.glob(PARAMETERS)):
        for rule in RULE.findall(path.read_text(encoding="utf-8")):
            yield rule, 2, path.relative_to(root).as_posix()


def _definitions(path: Path) -> list[Definition]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in tree.body if isinstance(node, Definition)]


def _path(module: str) -> Path:
    return Path(*module.split(".")).with_suffix(".py")
