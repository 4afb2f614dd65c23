"""YAML 1.2: values exactly as written, each key once, and errors that name file, line and key."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shared.yaml import RepeatedKeyError, YamlError, parse_yaml, read_yaml, write_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("013", 13),
        ("-013", -13),
        ("+13", 13),
        ("0o14", 12),
        ("0x1F", 31),
        ("-0x1F", "-0x1F"),
        ("0b11", "0b11"),
        ("10_000", "10_000"),
        ("089", 89),
        ("1:00:00", "1:00:00"),
        ("190:20:30.15", "190:20:30.15"),
        ("8000.50", Decimal("8000.50")),
        ("0.1", Decimal("0.1")),
        ("-.5", Decimal("-0.5")),
        ("12.0", Decimal("12.0")),
        ("1e3", Decimal("1E+3")),
        ("1.50E-2", Decimal("0.0150")),
        (".inf", Decimal("Infinity")),
        ("-.INF", Decimal("-Infinity")),
        ("0.1000000000000000055511151231257827", Decimal("0.1000000000000000055511151231257827")),
        (".", "."),
        ("1.2.3", "1.2.3"),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        *((text, text) for text in ("yes", "no", "on", "off", "y", "n", "Yes", "NO", "On")),
        ("null", None),
        ("~", None),
        ("", None),
        ("2025-11-20", "2025-11-20"),
        ("2025-11-20 10:00:00", "2025-11-20 10:00:00"),
        ("=", "="),
        ("'013'", "013"),
        ("!!str 013", "013"),
        ("!!float 12", Decimal(12)),
        ("772,31", "772,31"),
    ],
)
def test_a_scalar_is_what_the_core_schema_says(text: str, value: Any) -> None:
    read = parse_yaml(f"a: {text}", "x.yaml")["a"]

    assert (type(read), str(read)) == (type(value), str(value))


def test_no_number_is_a_number() -> None:
    assert parse_yaml(".nan", "x.yaml").is_nan()


@pytest.mark.parametrize(
    ("text", "key", "place", "first"),
    [
        ("a: 1\nb: 2\na: 3", "a", (3, 1), (1, 1)),
        ("a:\n  b:\n    c: 1\n    c: 1", "c", (4, 5), (3, 5)),
        ("- {k: 1}\n- {k: 1, l: 2, k: 3}", "k", (2, 16), (2, 4)),
        ("a: [{b: [{c: 1,\n  c: 2}]}]", "c", (2, 3), (1, 11)),
        ("13: a\n013: b", "013", (2, 1), (1, 1)),
        ("2025: a\n'2025': b", "2025", (2, 1), (1, 1)),
        ("'2025': a\n02025: b", "02025", (2, 1), (1, 1)),
        ("1: a\ntrue: b", "true", (2, 1), (1, 1)),
        ("1: a\n1.0: b", "1.0", (2, 1), (1, 1)),
        ("~: a\nnull: b", "null", (2, 1), (1, 1)),
        ("? a\n: 1\n? a\n: 2", "a", (3, 3), (1, 3)),
        ("&x a: 1\n*x : 2", "a", (1, 1), (1, 1)),
        ("<<: {a: 1}\n<<: {b: 1}", "<<", (2, 1), (1, 1)),
        ("<<: {a: 1, a: 2}", "a", (1, 12), (1, 6)),
    ],
)
def test_a_key_is_written_once(
    text: str, key: str, place: tuple[int, int], first: tuple[int, int]
) -> None:
    with pytest.raises(RepeatedKeyError) as fault:
        parse_yaml(text, "tarifs.yaml")

    assert (fault.value.key, fault.value.first) == (key, first)
    assert (fault.value.line, fault.value.column) == place
    assert str(fault.value) == (
        f"tarifs.yaml, line {place[0]}, column {place[1]}: "
        f"the key '{key}' is there already, line {first[0]}"
    )


def test_one_key_in_several_mappings_is_no_repetition() -> None:
    assert parse_yaml("- {a: 1}\n- {a: 2, b: {a: 3}}", "x.yaml") == [
        {"a": 1},
        {"a": 2, "b": {"a": 3}},
    ]


def test_a_merged_key_may_be_overridden() -> None:
    text = "base: {inner: &x {<<: &y {k: 0, l: 0}, k: 1}}\nof: {<<: [*x, {m: 5}], j: 3}"

    assert parse_yaml(text, "x.yaml") == {
        "base": {"inner": {"k": 1, "l": 0}},
        "of": {"k": 1, "l": 0, "m": 5, "j": 3},
    }


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("a: [", "line 1, column 5", "expected the node content"),
        ("a: 1\n\tb: 2", "line 2, column 1", "found character '\\t'"),
        ("a: 1\n---\nb: 2", "line 2, column 1", "another document"),
        ("a: 1\nb: \x07", "line 2, column 4", "U+0007 is not allowed"),
        ("a: 1\nb: c\u2028d: 2", "line 2, column 5", "U+2028 is not allowed"),
        ("a: 1\nb: c\x85d: 2", "line 2, column 5", "U+0085 is not allowed"),
        ("a: *b", "line 1, column 4", "undefined alias"),
        ("a: &x [*x]", "line 1, column 4", "recursive"),
        ("? [a]\n: b", "line 1, column 3", "a list or a mapping cannot be a key"),
        ("a: !!int 12.9", "line 1, column 4", "'12.9' is no int"),
        ("a: !!bool yes", "line 1, column 4", "'yes' is no bool"),
        ("a: !!timestamp 2025-01-01", "line 1, column 4", "timestamp"),
        ("a: !!python/name:os.system x", "line 1, column 4", "os.system"),
        (f"a: {'9' * 5000}", "line 1, column 4", "is no int"),
        ("a: 1e99999999999999999999", "line 1, column 4", "'1e99999999999999999999' is no float"),
    ],
)
def test_an_error_names_the_file_the_place_and_the_problem(
    text: str, place: str, problem: str
) -> None:
    with pytest.raises(YamlError) as fault:
        parse_yaml(text, "tarifs.yaml")

    assert str(fault.value).startswith(f"tarifs.yaml, {place}: ")
    assert problem in str(fault.value)


def test_a_file_of_another_encoding_is_refused_at_its_first_wrong_byte(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes("nom: x\nprévu: oui".encode("cp1252"))

    with pytest.raises(YamlError, match=rf"{file}, line 2, column 3: 0xe9 is not UTF-8"):
        read_yaml(file)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes("période: 013".encode("utf-8-sig"))

    assert read_yaml(file) == {"période": 13}


AMBIGUOUS = (
    *("013", "1e3", "0o14", "0x1F", "8000.50", ".5", "1.", ".inf", "1:00:00", "10_000"),
    *("yes", "off", "null", "~", "", "2025-11-20", "<<", "=", "true"),
)


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_text_that_looks_like_something_else_is_written_in_quotes(text: str) -> None:
    assert write_yaml({"a": text}) == f"a: '{text}'\n"


def test_what_is_written_reads_the_same_and_without_anchors() -> None:
    row = {"montant": "2 758,25", "exercice": 2025, "payé": True, "motif": None}

    text = write_yaml({"lignes": [row, row]})

    assert "&" not in text
    assert parse_yaml(text, "x.yaml") == {"lignes": [row, row]}
