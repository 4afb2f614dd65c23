"""The lint of identifiers, on planted names."""

import pytest

from tests.names.banned import violations


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("told = 1", 1),
        ("_told: int = 1", 1),
        ("def known():\n    pass", 1),
        ("class Eye:\n    heard = 1", 2),
        ("def f(a, *, kept):\n    pass", 1),
        ("self.found = 1", 1),
        ("with open_it() as asked:\n    pass", 1),
        ("from a import b as said", 1),
        ("for each in rows:\n    pass", 1),
    ],
)
def test_a_name_that_says_nothing_is_refused_wherever_it_is_defined(source: str, line: int) -> None:
    assert [place for place, _ in violations(source)] == [line]


@pytest.mark.parametrize(
    "source",
    [
        "told_amount = 1",
        "unknown = 1",
        "rows = [each for each in entries]",
        "total = sum(each.amount for each in entries)",
        'text = "told"',
        "record.known(1)",
    ],
)
def test_parts_of_words_texts_uses_and_short_comprehensions_are_not(source: str) -> None:
    assert list(violations(source)) == []
