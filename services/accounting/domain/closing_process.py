"""The closing as a process manager: each page is a message of the service that sends the next.

First the grants of the Caf, in the order of their ids, get their closing entries; then the
entries of the exercise, in the order of period, day and id, are validated; then it is closed.
A page other than the next one changes nothing. All events answer the request that closed the
exercise, so that their ids do not depend on the size of the pages.
"""

from collections.abc import Iterable
from typing import Any, Literal

from services.accounting.domain.books import Books, RunningClosing, books_of, only_if_changed
from services.accounting.domain.chart import Parameters
from services.accounting.domain.closing import Closing, closing_key
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from services.accounting.domain.validation import build_completion, validate
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
    """Yield the books and the closing, then the query of the page if it is the next one."""
    data = message.data
    yield StateRef(Books, data.caf)
    yield StateRef(Closing, closing_key(data.caf, data.exercise))
    closing = states.get_if_loaded(Closing, closing_key(data.caf, data.exercise))
    if closing and _is_next_page(closing, data):
        yield grants_page(closing) if data.step == "grants" else entries_page(closing)


def continue_closing(
    message: Message[ClosingContinued], states: States, parameters: Parameters
) -> Decision:
    """Handle one page of a closing; a page other than the next one changes nothing."""
    data = message.data
    closing = states.get(Closing, closing_key(data.caf, data.exercise))
    books = books_of(states, data.caf)
    running = books.running
    if closing is None or running is None or not _is_next_page(closing, data):
        return NO_CHANGE
    if data.step == "grants":
        return _close_grants(closing, books, running, states, parameters)
    return _validate_entries(closing, books, running, states)


def _is_next_page(closing: Closing, data: ClosingContinued) -> bool:
    return (closing.step, closing.after) == (data.step, data.after)


def grants_page(closing: Closing) -> Query[Grant]:
    """Return the query of the next page of grants."""
    years = (closing.exercise - 1, closing.exercise)
    return Query(
        model=Grant,
        where=(("caf", closing.caf), ("start_year", years)),
        limit=closing.grants_per_page,
        after=(closing.after,) if closing.after else (),
    )


def entries_page(closing: Closing) -> Query[Entry]:
    """Return the query of the next page of entries."""
    place, _, entry_id = closing.after.rpartition("|")
    return Query(
        model=Entry,
        where=(("caf", closing.caf), ("exercise", closing.exercise)),
        limit=closing.entries_per_page,
        order=("place",),
        after=(place, entry_id) if closing.after else (),
    )


def _close_grants(
    closing: Closing,
    books: Books,
    running: RunningClosing,
    states: States,
    parameters: Parameters,
) -> Decision:
    grants = states.page(grants_page(closing))
    closed_grants = [
        closed for grant in grants if (closed := close_grant(grant, books, parameters))
    ]
    if len(grants) == closing.grants_per_page:
        following = _page(closing, "grants", grants[-1].key)
    else:
        following = _page(closing, "entries", "")
    changed = [state for closed in closed_grants for state in (closed.grant, *closed.entries)]
    events = [event for closed in closed_grants for event in closed.events]
    # The accrual of a settled grant is released in an exercise that this may make active.
    active = books.with_active_years(
        *(entry.exercise for closed in closed_grants for entry in closed.entries)
    )
    return Decision(
        states=(_advance_cursor(closing, following), *changed, *only_if_changed(books, active)),
        # The next page first: it is handled while the entries of this one are published.
        events=(OutgoingEvent(following, origin=running.origin), *events),
        findings=tuple(step for closed in closed_grants for step in closed.findings),
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
        events=(OutgoingEvent(build_completion(done), origin=running.origin),),
    )


def _page(closing: Closing, step: Literal["grants", "entries"], after: str) -> ClosingContinued:
    return ClosingContinued(caf=closing.caf, exercise=closing.exercise, step=step, after=after)


def _advance_cursor(closing: Closing, page: ClosingContinued) -> Closing:
    return closing.with_changes(step=page.step, after=page.after)


def _closed(books: Books, running: RunningClosing, done: Closing) -> Books:
    """Close the exercise; its commitments make the next one active, where they are reversed."""
    closed = books.closed(running)
    committed = any(line.kind == "commitment" for line in done.totals)
    return closed.with_active_years(done.exercise + 1) if committed else closed
