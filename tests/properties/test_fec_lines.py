"""Wherever the lines of entries stand in a FEC: each entry is judged by all its lines."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.fec_validator import validate
from tests.unit.export.other_fec import NAME, fec, row

CENTS = st.integers(min_value=1, max_value=300)
ENTRIES = st.lists(
    st.tuples(st.lists(CENTS, min_size=1, max_size=4), st.lists(CENTS, max_size=4)),
    min_size=1,
    max_size=6,
)


def amount(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02}"


def lines(number: int, debits: list[int], credits_: list[int]) -> list[list[str]]:
    return [
        *(row(number=number, debit=amount(cents)) for cents in debits),
        *(row(number=number, account="756000", credit=amount(cents)) for cents in credits_),
    ]


@given(drawn=ENTRIES, data=st.data())
def test_any_order_of_lines_gives_the_same_balances(
    drawn: list[tuple[list[int], list[int]]], data: st.DataObject
) -> None:
    rows = [line for number, sides in enumerate(drawn, 1) for line in lines(number, *sides)]
    shuffled = data.draw(st.permutations(rows))
    unbalanced = [1 for debits, credits_ in drawn if sum(debits) != sum(credits_)]
    total = sum(sum(debits) - sum(credits_) for debits, credits_ in drawn)

    report = validate(fec(shuffled).encode(), name=NAME)

    assert report.entries == len(drawn)
    assert report.counts.get("FEC-32", 0) == len(unbalanced)
    assert report.counts.get("FEC-42", 0) == (total != 0)
    assert report.counts.get("FEC-33", 0) == 0
    numbers = [line[2] for line in shuffled]
    apart = len(drawn) < 1 + sum(one != other for one, other in pairwise(numbers))
    assert report.counts.get("FEC-43", 0) == apart
    assert not (apart and report.counts.get("FEC-34"))
