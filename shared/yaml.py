"""YAML 1.2, core schema: what a person wrote, exactly, and each key once.

PyYAML parses the syntax. Its values are those of YAML 1.1, where `013` is eleven, `1:00:00` is 3600
and `no` is false; here they follow chapter 10.3 of YAML 1.2. Dates are text: the core schema has
none. A merge key (`<<`), which is no part of YAML 1.2 either, merges, as compose.yaml needs it.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

CORE = "tag:yaml.org,2002:"
WIDTH = 100
LINE_ENDS_OF_YAML_1_1 = re.compile("[\x85\u2028\u2029]")
"""PyYAML would begin a line after them, and a key, where YAML 1.2 reads a character."""


class YamlError(ValueError):
    """A file is not what this module reads; line and column count from one."""

    def __init__(self, file: str, line: int, column: int, problem: str) -> None:
        super().__init__(f"{file}, line {line}, column {column}: {problem}")
        self.line = line
        self.column = column


class RepeatedKeyError(YamlError):
    """A mapping has a key twice; `first` is the line and column of the first one."""

    def __init__(self, key: yaml.Node, first: yaml.Node) -> None:
        mark, before = key.start_mark, first.start_mark
        self.key: str = key.value
        self.first = before.line + 1, before.column + 1
        problem = f"the key {self.key!r} is there already, line {before.line + 1}"
        super().__init__(mark.name, mark.line + 1, mark.column + 1, problem)


def read_yaml(file: Path | Traversable) -> Any:
    """Return the value of a file: mappings, lists, str, int, Decimal, bool and None.

    Raises:
        OSError: when the file cannot be read.
        YamlError: when it is not UTF-8, not YAML, or has a tag outside the core schema.
        RepeatedKeyError: when a mapping has a key twice.
    """
    content = file.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = content[: fault.start].decode("utf-8")
        raise _at(before, str(file), f"{fault.object[fault.start]:#04x} is not UTF-8") from fault
    return parse_yaml(text, str(file))


def parse_yaml(text: str, file: str) -> Any:
    """Return the value of a text; `file` is what errors call it.

    Raises:
        YamlError, RepeatedKeyError: as in `read_yaml`.
    """
    if line_end := LINE_ENDS_OF_YAML_1_1.search(text):
        problem = f"U+{ord(line_end[0]):04X} is not allowed"
        raise _at(text[: line_end.start()], file, problem)
    try:
        loader = _Loader(text)
        loader.name = file
        return loader.get_single_data()
    except yaml.reader.ReaderError as fault:
        raise _at(
            text[: fault.position], file, f"U+{fault.character:04X} is not allowed"
        ) from fault
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark
        assert mark is not None, "an error of a loader says where it is"
        raise YamlError(file, mark.line + 1, mark.column + 1, str(fault.problem)) from fault


def write_yaml(value: Any) -> str:
    """Return a value as YAML that readers of YAML 1.1 and of 1.2 understand alike."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)


def _at(before: str, file: str, problem: str) -> YamlError:
    """Return an error at the character that follows `before`."""
    lines = before.split("\n")
    return YamlError(file, len(lines), len(lines[-1]) + 1, problem)


class _Loader(yaml.SafeLoader):
    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        first: dict[object, yaml.Node] = {}
        for key, _ in node.value:
            value = self._key(key)
            # Value and text: neither 13 and 013 nor 2025 and "2025" may stand side by side.
            if repeated := {value, str(value)} & first.keys():
                raise RepeatedKeyError(key, first[repeated.pop()])
            first |= {value: key, str(value): key}
        return node

    def _key(self, node: yaml.Node) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            problem = "a list or a mapping cannot be a key"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
        return self.construct_object(node)

    def construct_document(self, node: yaml.Node) -> Any:
        # Deep: a value that contains itself is refused here, not by whoever walks through it.
        return self.construct_object(node, deep=True)


class _Dumper(yaml.SafeDumper):
    """Writes every part in place, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature of PyYAML
        return True


def _integer(text: str) -> int:
    return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))


def _decimal(text: str) -> Decimal:
    return Decimal(re.sub(r"\.(?=inf|nan)", "", text.lower()))


_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
# The tag of a plain scalar, its first characters, its form, and its value.
_SCALARS: tuple[tuple[str, str, str, Callable[[str], Any]], ...] = (
    ("null", "~nN", r"~|null|Null|NULL|", lambda _: None),
    ("bool", "tTfF", r"true|True|TRUE|false|False|FALSE", lambda text: text.lower() == "true"),
    ("int", "-+0123456789", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", _integer),
    ("float", "-+.0123456789", rf"{_FLOAT}|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", _decimal),
    ("merge", "<", r"<<", str),
)


def _constructor(form: str, value_of: Callable[[str], Any]) -> Callable[[_Loader, Any], Any]:
    """Return what makes the value of a scalar; a tag may also be written, as in `!!int 1.5`."""

    def construct(loader: _Loader, node: Any) -> Any:
        text = loader.construct_scalar(node)
        try:
            if re.fullmatch(form, text):
                return value_of(text)
        except (ValueError, ArithmeticError):  # More digits than Python reads.
            pass
        problem = f"{text[:40]!r} is no {node.tag.removeprefix(CORE)}"
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)

    return construct


def _use_core_schema() -> None:
    _Loader.yaml_implicit_resolvers = {}
    _Loader.yaml_constructors = {None: _Loader.construct_undefined}
    for tag in ("str", "seq", "map"):
        _Loader.add_constructor(CORE + tag, getattr(_Loader, f"construct_yaml_{tag}"))
    for tag, characters, form, value_of in _SCALARS:
        first = [*characters, ""] if tag == "null" else [*characters]
        for side in (_Loader, _Dumper):
            side.add_implicit_resolver(CORE + tag, re.compile(rf"(?:{form})\Z"), first)
        _Loader.add_constructor(CORE + tag, _constructor(form, value_of))


_use_core_schema()
