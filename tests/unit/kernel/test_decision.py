"""What a decision is given: states by name, pages by what they ask for."""

import pytest

from shared.kernel.decision import Query, StateRef, States
from tests.unit.kernel.bench import Tally

PAGE = Query(Tally, where=(), limit=10)


def test_what_is_not_loaded_yet_is_unseen_and_may_not_be_taken_for_granted() -> None:
    states = States({})

    assert states.get_if_loaded(Tally, "761") is None
    assert states.page_if_loaded(PAGE) is None
    with pytest.raises(KeyError):
        states.get(Tally, "761")
    with pytest.raises(KeyError):
        states.page(PAGE)


def test_a_page_that_was_read_is_seen_even_when_it_is_empty() -> None:
    tally = Tally(caf="761")

    assert States({}, {PAGE: ()}).page_if_loaded(PAGE) == ()
    states = States({StateRef(Tally, "761"): tally}, {PAGE: (tally,)})
    assert states.page_if_loaded(PAGE) == states.page(PAGE) == (states.get(Tally, "761"),)
