"""Identifiers without a meaning of their own, wherever a module defines one.

Whole identifiers are compared, without leading underscores: `told` is refused, `told_amount` not.
"""

import ast
from collections.abc import Iterator

BANNED = frozenset(
    {
        *("told", "telling", "tell", "teller", "said", "say", "heard", "hear", "unheard"),
        *("known", "kept", "found", "asked", "given", "met", "lying", "gone", "learnt"),
        *("word", "eye", "ear", "dice", "four", "quiet", "reach", "some", "which"),
    }
)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
EACH = "each"
"""Good for what lives within one comprehension only."""


def violations(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of every banned identifier that a module defines, in order."""
    tree = ast.parse(source)
    short_lived = {
        id(name)
        for node in ast.walk(tree)
        if isinstance(node, COMPREHENSIONS)
        for generator in node.generators
        for name in ast.walk(generator.target)
    }
    defined = {
        (line, name)
        for node in ast.walk(tree)
        for line, name in _defined(node)
        if name.lstrip("_") in BANNED or (name == EACH and id(node) not in short_lived)
    }
    yield from sorted(defined)


def _defined(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield what a node of the tree defines: definitions, parameters, variables, attributes."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.lineno, node.name
        case ast.arg():
            yield node.lineno, node.arg
        case ast.Name(ctx=ast.Store()):
            yield node.lineno, node.id
        case ast.Attribute(ctx=ast.Store()):
            yield node.lineno, node.attr
        case ast.alias(asname=str(name)):
            yield node.lineno, name
