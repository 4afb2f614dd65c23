"""What the source of the services' domains builds and refuses, and what it imports."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from shared.kernel.requests import Once, Owner, Request
from shared.kernel.service import Decide

RULE = re.compile(r"[A-Z]{3}-[A-Z0-9]{1,5}[a-z]?")
DECLARED = {each.__name__: str(each.__dataclass_fields__["rule"].default) for each in (Once, Owner)}
"""The rules of what a request declares, by the class that declares it."""


@cache
def domain_modules(service: str) -> tuple[ModuleType, ...]:
    """Return the modules of a service's domain."""
    folder = Path(import_module(f"services.{service}").__path__[0]) / "domain"
    parts = (path.relative_to(folder).with_suffix("").parts for path in folder.rglob("*.py"))
    names = (".".join(p) for p in parts if p[-1] != "__init__")
    return tuple(import_module(f"services.{service}.domain.{name}") for name in sorted(names))


@cache
def _tree(module: ModuleType) -> ast.Module:
    assert module.__file__
    return ast.parse(Path(module.__file__).read_text(encoding="utf-8"))


def _calls(module: ModuleType) -> Iterator[ast.Call]:
    """Yield the calls of what has a name: classes that are built, functions."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node


def _called(module: ModuleType) -> set[str]:
    return {call.func.id for call in _calls(module) if isinstance(call.func, ast.Name)}


def built_names(module: ModuleType) -> set[str]:
    """Return what a module calls, or passes to a function of its own that calls it."""
    own = {node.name for node in ast.walk(_tree(module)) if isinstance(node, ast.FunctionDef)}
    passed = {
        argument.id
        for call in _calls(module)
        if isinstance(call.func, ast.Name) and call.func.id in own
        for argument in call.args
        if isinstance(argument, ast.Name)
    }
    return _called(module) | passed


def refusing_rules(module: ModuleType) -> Iterator[str]:
    """Yield the rules that a module declares, and those it names if it states breaches at all."""
    called = _called(module)
    yield from (rule for name, rule in DECLARED.items() if name in called)
    if {"Reason", "Ground", "breach"}.isdisjoint(called):
        return
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Constant) and RULE.fullmatch(str(node.value)):
            yield str(node.value)


def deciding_modules(decide: Decide) -> set[str]:
    """Return the names of the modules that a row of a service's table takes its decision from."""
    if isinstance(decide, Request):
        return {each.__module__ for each in (decide.context, decide.accept, decide.refuse)}
    return {decide.__module__}


def with_imports(names: set[str]) -> set[ModuleType]:
    """Return modules of a domain and those of the domain that they import, however far."""
    result, waiting = set(), {*names}
    while waiting:
        module = import_module(waiting.pop())
        result.add(module)
        waiting |= set(_imported(module)) - {each.__name__ for each in result}
    return result


def _imported(module: ModuleType) -> Iterator[str]:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom) and node.module and ".domain" in node.module:
            names = (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
            yield from (name for name in names if name in sys.modules)
