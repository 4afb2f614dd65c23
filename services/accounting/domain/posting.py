"""Posting of an event of funding: its context and its decision.

A grant without its closing entries in a running closing gets them first, as the closing would
have posted them: they answer the closing, whoever posts them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.accounting.domain.books import Booking, Books, booking_of, books_of, only_if_changed
from services.accounting.domain.chart import Chart, Parameters
from services.accounting.domain.entries import Entry, EntryHeader, build_entry
from services.accounting.domain.grants import Grant, GrantScoped, grant_key, grant_of
from services.accounting.domain.movements import Movement
from services.accounting.domain.year_end import ClosedGrant, close_grant
from shared.contracts.accounting import EntryKind
from shared.contracts.common import Cause
from shared.kernel.decision import Decision, Finding, Message, State, StateRef, States


@dataclass(frozen=True, slots=True)
class PostingContext:
    """An event with its books and its grant, after the closing entries of a running closing."""

    message: Message[Any]
    books: Books
    closed_grant: ClosedGrant
    parameters: Parameters

    @property
    def grant(self) -> Grant:
        """The grant after the closing entries of a running closing."""
        return self.closed_grant.grant

    @property
    def chart(self) -> Chart:
        """The accounts of the grant's school year."""
        return self.parameters.chart_of(self.grant.school_year)

    def booking(self, day: date) -> Booking:
        """Return where an event of this day is booked."""
        return booking_of(day, self.books)

    def header(self, kind: EntryKind, booking: Booking) -> EntryHeader:
        """Return the header of the event's entry."""
        return EntryHeader(kind, Cause(id=self.message.id, type=self.message.type), booking)

    def is_late(self) -> bool:
        """Return whether nothing was recorded as due before the start year was closed."""
        return self.grant.due is None and not self.books.is_open(self.grant.start_year)


def states_of_posting(
    message: Message[Any],
    states: States,  # noqa: ARG001 - every `required_states` has this signature
) -> Iterable[StateRef[State]]:
    """Return the books of the Caf and the grant."""
    return (StateRef(Books, message.data.caf), StateRef(Grant, grant_key(message.data)))


def load_context(message: Message[Any], states: States, parameters: Parameters) -> PostingContext:
    """Return the context of an event about a grant."""
    event: GrantScoped = message.data
    books, grant = books_of(states, event.caf), grant_of(states, event)
    return PostingContext(
        message, books, close_grant(grant, books, parameters) or ClosedGrant(grant), parameters
    )


def store_grant(context: PostingContext, grant: Grant) -> Decision:
    """Return the decision that stores a grant and posts no entry of its own."""
    return _decided(context, grant, (), (grant.start_year,), ())


def post_entry(
    context: PostingContext,
    grant: Grant,
    header: EntryHeader,
    movements: Iterable[Movement],
    findings: Iterable[Finding],
) -> Decision:
    """Return the decision that stores a grant and posts the entry of the event.

    The event implies its grant, so it makes the start year active even before the grant is
    handled; except a cancellation without movements, since a deferred grant is cancelled too.
    """
    own = build_entry(header, context.message.data, movements, context.parameters)
    active_years = (grant.start_year,) if own or header.kind != "cancellation" else ()
    return _decided(context, grant, own, active_years, findings)


def _decided(
    context: PostingContext,
    grant: Grant,
    own: tuple[Entry, ...],
    active_years: tuple[int, ...],
    findings: Iterable[Finding],
) -> Decision:
    entries = (*context.closed_grant.entries, *own)
    active = context.books.with_active_years(*active_years, *(entry.exercise for entry in entries))
    return Decision(
        states=(grant, *entries, *only_if_changed(context.books, active)),
        events=(*context.closed_grant.events, *(entry.posted for entry in own)),
        findings=(*context.closed_grant.findings, *findings),
    )
