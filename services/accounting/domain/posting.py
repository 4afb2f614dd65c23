"""What an event of funding meets in the books, and how its entry joins them.

A grant that the running closing has not passed yet gets its closing entries first, as the
closing would have posted them: they answer the closing, whoever posts them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.accounting.domain.books import Booking, Books, booking_of, books_of, changed_books
from services.accounting.domain.chart import Chart, Parameters
from services.accounting.domain.entries import Entry, Voucher, draw_up
from services.accounting.domain.grants import Concerned, Grant, grant_key, grant_of
from services.accounting.domain.movements import Movement
from services.accounting.domain.year_end import Passed, pass_grant
from shared.contracts.accounting import EntryKind
from shared.contracts.common import Cause
from shared.kernel.decision import Decision, Known, Message, Ref, State
from shared.kernel.rules import Step


@dataclass(frozen=True, slots=True)
class Met:
    """The books and the grant that an event meets; the running closing has passed the grant."""

    message: Message[Any]
    books: Books
    passed: Passed
    parameters: Parameters

    @property
    def grant(self) -> Grant:
        """The grant, as the running closing leaves it."""
        return self.passed.grant

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


def reads_grant(
    message: Message[Any],
    known: Known,  # noqa: ARG001 - every `reads` has this shape
) -> Iterable[Ref[State]]:
    """Name the books of the Caf and the grant."""
    return (Ref(Books, message.data.caf), Ref(Grant, grant_key(message.data)))


def meet(message: Message[Any], known: Known, parameters: Parameters) -> Met:
    """Return what an event about one dossier's school year meets."""
    concerned: Concerned = message.data
    books, grant = books_of(known, concerned.caf), grant_of(known, concerned)
    return Met(message, books, pass_grant(grant, books, parameters) or Passed(grant), parameters)


def learnt(met: Met, grant: Grant) -> Decision:
    """Return the decision that remembers a grant and books nothing."""
    return _decided(met, grant, (), (grant.start_year,), ())


def posted(
    met: Met,
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
    own = draw_up(Voucher(kind, cause, booking), met.message.data, movements, met.parameters)
    proven = (grant.start_year,) if own or kind != "cancellation" else ()
    return _decided(met, grant, own, proven, steps)


def _decided(
    met: Met,
    grant: Grant,
    own: tuple[Entry, ...],
    proven: tuple[int, ...],
    steps: Iterable[Step],
) -> Decision:
    entries = (*met.passed.entries, *own)
    active = met.books.activated(*proven, *(entry.exercise for entry in entries))
    return Decision(
        states=(grant, *entries, *changed_books(met.books, active)),
        events=(*met.passed.events, *(entry.posted for entry in own)),
        steps=(*met.passed.steps, *steps),
    )
