"""What an event of funding meets in the books, and how its entry joins them.

A grant that the running closing has not passed yet gets its closing entries first, as the
closing would have posted them: they answer the closing, whoever posts them.
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
from shared.kernel.decision import Decision, Message, State, StateRef, States
from shared.kernel.rules import Step


@dataclass(frozen=True, slots=True)
class PostingContext:
    """The books and the grant that an event meets; the running closing has passed the grant."""

    message: Message[Any]
    books: Books
    closed_grant: ClosedGrant
    parameters: Parameters

    @property
    def grant(self) -> Grant:
        """The grant, as the running closing leaves it."""
        return self.closed_grant.grant

    @property
    def chart(self) -> Chart:
        """The accounts of the grant's school year."""
        return self.parameters.chart_of(self.grant.school_year)

    def booking(self, day: date) -> Booking:
        """Return where an event of this day is booked."""
        return booking_of(day, self.books)

    def is_late(self) -> bool:
        """Tell whether what is due becomes known only now, when its exercise is closed."""
        return self.grant.due is None and not self.books.is_open(self.grant.start_year)


def states_of_posting(
    message: Message[Any],
    states: States,  # noqa: ARG001 - every `reads` has this shape
) -> Iterable[StateRef[State]]:
    """Name the books of the Caf and the grant."""
    return (StateRef(Books, message.data.caf), StateRef(Grant, grant_key(message.data)))


def load_context(message: Message[Any], states: States, parameters: Parameters) -> PostingContext:
    """Return what an event about one dossier's school year meets."""
    concerned: GrantScoped = message.data
    books, grant = books_of(states, concerned.caf), grant_of(states, concerned)
    return PostingContext(
        message, books, close_grant(grant, books, parameters) or ClosedGrant(grant), parameters
    )


def remember_grant(met: PostingContext, grant: Grant) -> Decision:
    """Return the decision that remembers a grant and books nothing."""
    return _decided(met, grant, (), (grant.start_year,), ())


def post_entry(
    met: PostingContext,
    grant: Grant,
    voucher: tuple[EntryKind, Booking],
    movements: Iterable[Movement],
    steps: Iterable[Step],
) -> Decision:
    """Return the decision that remembers a grant and posts the entry of the event.

    The event proves its grant, so it makes the start year active even before the grant is known;
    but for a cancellation that moves nothing: a right that never was granted is cancelled too.
    """
    kind, booking = voucher
    cause = Cause(id=met.message.id, type=met.message.type)
    own = build_entry(
        EntryHeader(kind, cause, booking), met.message.data, movements, met.parameters
    )
    proven = (grant.start_year,) if own or kind != "cancellation" else ()
    return _decided(met, grant, own, proven, steps)


def _decided(
    met: PostingContext,
    grant: Grant,
    own: tuple[Entry, ...],
    proven: tuple[int, ...],
    steps: Iterable[Step],
) -> Decision:
    entries = (*met.closed_grant.entries, *own)
    active = met.books.with_active_years(*proven, *(entry.exercise for entry in entries))
    return Decision(
        states=(grant, *entries, *only_if_changed(met.books, active)),
        events=(*met.closed_grant.events, *(entry.posted for entry in own)),
        steps=(*met.closed_grant.steps, *steps),
    )
