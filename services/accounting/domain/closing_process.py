"""The pages of a closing, each a message to oneself that emits the next.

First the grants of the Caf, in the order of their ids, get their closing entries; then the
entries of the exercise, in the order of period, day and id, are validated; then it is closed.
The closing names the page it awaits: any other is old news. All events answer the request that
closed the exercise, so that their ids do not depend on how the pages fall.
"""

from collections.abc import Iterable
from typing import Any, Literal

from services.accounting.domain.books import Books, RunningClosing, books_of, only_if_changed
from services.accounting.domain.chart import Parameters
from services.accounting.domain.closing import Closing, closing_key
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from services.accounting.domain.validation import completed, validate
from services.accounting.domain.year_end import close_grant
from shared.contracts.accounting import ClosingContinued
from shared.kernel.decision import (
    NO_CHANGE,
    Decision,
    Message,
    OutgoingEvent,
    Query,
    StateRef,
    States,
)


def states_of_page(
    message: Message[ClosingContinued], states: States
) -> Iterable[StateRef[Any] | Query[Any]]:
    """Name the books and the closing; then the page, when it is the one awaited."""
    data = message.data
    yield StateRef(Books, data.caf)
    yield StateRef(Closing, closing_key(data.caf, data.exercise))
    closing = states.get_if_loaded(Closing, closing_key(data.caf, data.exercise))
    if closing and _is_next_page(closing, data):
        yield grants_page(closing) if data.step == "grants" else entries_page(closing)


def continue_closing(
    message: Message[ClosingContinued], states: States, parameters: Parameters
) -> Decision:
    """Handle one page of a closing; a page that is not the one awaited changes nothing."""
    data = message.data
    closing = states.get(Closing, closing_key(data.caf, data.exercise))
    books = books_of(states, data.caf)
    running = books.running
    if closing is None or running is None or not _is_next_page(closing, data):
        return NO_CHANGE
    if data.step == "grants":
        return _pass_grants(closing, books, running, states, parameters)
    return _validate_entries(closing, books, running, states)


def _is_next_page(closing: Closing, data: ClosingContinued) -> bool:
    return (closing.step, closing.after) == (data.step, data.after)


def grants_page(closing: Closing) -> Query[Grant]:
    """Return the next page of grants."""
    years = (closing.exercise - 1, closing.exercise)
    return Query(
        model=Grant,
        where=(("caf", closing.caf), ("start_year", years)),
        limit=closing.grants_per_page,
        after=(closing.after,) if closing.after else (),
    )


def entries_page(closing: Closing) -> Query[Entry]:
    """Return the next page of entries."""
    place, _, entry_id = closing.after.rpartition("|")
    return Query(
        model=Entry,
        where=(("caf", closing.caf), ("exercise", closing.exercise)),
        limit=closing.entries_per_page,
        order=("place",),
        after=(place, entry_id) if closing.after else (),
    )


def _pass_grants(
    closing: Closing,
    books: Books,
    running: RunningClosing,
    known: States,
    parameters: Parameters,
) -> Decision:
    grants = known.page(grants_page(closing))
    passed = [each for grant in grants if (each := close_grant(grant, books, parameters))]
    if len(grants) == closing.grants_per_page:
        following = _page(closing, "grants", grants[-1].key)
    else:
        following = _page(closing, "entries", "")
    states = [state for each in passed for state in (each.grant, *each.entries)]
    events = [event for each in passed for event in each.events]
    # What was settled already is released in an exercise that this may make active.
    active = books.with_active_years(*(entry.exercise for each in passed for entry in each.entries))
    return Decision(
        states=(_advance_cursor(closing, following), *states, *only_if_changed(books, active)),
        # The next page first: it is handled while the entries of this one are published.
        events=(OutgoingEvent(following, origin=running.origin), *events),
        steps=tuple(step for each in passed for step in each.steps),
    )


def _validate_entries(
    closing: Closing, books: Books, running: RunningClosing, states: States
) -> Decision:
    page = states.page(entries_page(closing))
    counted, validated = validate(closing, page)
    if len(page) == closing.entries_per_page:
        following = _page(closing, "entries", f"{page[-1].place}|{page[-1].entry_id}")
        return Decision(
            states=(_advance_cursor(counted, following), *validated),
            events=(OutgoingEvent(following, origin=running.origin),),
        )
    done = counted.with_changes(step="done", after="")
    return Decision(
        states=(done, *validated, _closed(books, running, done)),
        events=(OutgoingEvent(completed(done), origin=running.origin),),
    )


def _page(closing: Closing, step: Literal["grants", "entries"], after: str) -> ClosingContinued:
    return ClosingContinued(caf=closing.caf, exercise=closing.exercise, step=step, after=after)


def _advance_cursor(closing: Closing, page: ClosingContinued) -> Closing:
    return closing.with_changes(step=page.step, after=page.after)


def _closed(books: Books, running: RunningClosing, done: Closing) -> Books:
    """Close the exercise; commitments that it booked are to be reversed in the next one."""
    closed = books.closed(running)
    committed = any(each.kind == "commitment" for each in done.totals)
    return closed.with_active_years(done.exercise + 1) if committed else closed
