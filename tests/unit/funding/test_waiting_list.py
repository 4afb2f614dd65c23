"""The list of a Caf against a plain model of it: random arrivals, allotments, departures.

Whatever comes in whatever order: no exercise goes beyond its total by what is let in, nobody that
waits is overtaken, and a raise lets in exactly the first of the list that fit.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from services.funding.domain.envelopes import (
    Allotment,
    Envelopes,
    Reservation,
    allot,
    continue_release,
    mark_announced,
    replace,
    reserve,
    withdraw,
)
from shared.contracts.funding import EnvelopeCharge

YEARS = (2025, 2026, 2027)
START = datetime(2025, 9, 1, tzinfo=UTC)


def claim(number: int, day: int, year: int, cents: tuple[int, int]) -> Reservation:
    """Return the claim of dossier `number`, decided on a day of October."""
    charges = tuple(
        EnvelopeCharge(exercise=exercise, amount=amount, status="unchecked")
        for exercise, amount in zip((year, year + 1), map(euros, cents), strict=True)
        if amount
    )
    return Reservation(
        decided_on=date(2025, 10, day),
        dossier_id=f"D-{number:04}",
        school_year=f"{year}-{year + 1}",
        charges=charges,
    )


def euros(cents: int) -> Decimal:
    return Decimal(cents) / 100


class List(RuleBasedStateMachine):
    """Names and amounts in a dictionary and sets, beside the envelopes under test."""

    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.envelopes = Envelopes(caf="761")
        self.count, self.hour = 0, 0
        self.totals: dict[int, Decimal] = {}
        self.counted: dict[str, Reservation] = {}
        self.waiting: dict[str, Reservation] = {}
        self.unpublished: set[str] = set()

    def sum_of(self, exercise: int) -> Decimal:
        return sum(
            (c.amount for e in self.counted.values() for c in e.charges if c.exercise == exercise),
            start=Decimal(0),
        )

    def room(self, reservation: Reservation) -> bool:
        return all(
            self.sum_of(charge.exercise) + charge.amount <= self.totals[charge.exercise]
            for charge in reservation.charges
            if charge.exercise in self.totals
        )

    def serve(self) -> None:
        """Walk the list as a clerk would, and strike out those behind one that waits."""
        closed: set[int] = set()
        for reservation in sorted(
            self.waiting.values(), key=lambda c: (c.decided_on, c.dossier_id)
        ):
            needs = {charge.exercise for charge in reservation.charges}
            if needs & closed or not self.room(reservation):
                closed |= needs
            else:
                self.counted[reservation.key] = self.waiting.pop(reservation.key)
                self.unpublished.add(reservation.key)
        assert not self.envelopes.waiting or not self.room(self.envelopes.waiting[0])

    @rule(
        target=claims,
        day=st.integers(1, 4),
        year=st.sampled_from(YEARS),
        cents=st.tuples(st.integers(0, 300), st.integers(0, 300)),
    )
    def arrives(self, day: int, year: int, cents: tuple[int, int]) -> Reservation:
        self.count += 1
        reservation = claim(self.count * 7919 % 1000, day, year, cents)
        needed = {c.exercise for w in self.waiting.values() for c in w.charges}
        free = not needed & {charge.exercise for charge in reservation.charges}

        result = reserve(self.envelopes, reservation)

        if free and self.room(reservation):
            self.counted[reservation.key] = reservation
            assert result.obstacles == ()
            assert [charge.amount for charge in result.charges] == [
                c.amount for c in reservation.charges
            ]
        else:
            self.waiting[reservation.key] = reservation
            assert result.obstacles
        self.envelopes = result.envelopes
        return reservation

    @rule(exercise=st.sampled_from((*YEARS, 2028)), cents=st.integers(0, 1500))
    def allots(self, exercise: int, cents: int) -> None:
        self.hour += 1
        allotment = Allotment(amount=euros(cents), time=START + timedelta(hours=self.hour), id="E")
        before = self.envelopes

        self.envelopes = allot(before, exercise, allotment)

        waited, raised = len(self.waiting), euros(cents) > self.totals.get(exercise, euros(cents))
        self.totals[exercise] = euros(cents)
        if raised:
            self.serve()
        assert len(continue_release(before, self.envelopes)) == (len(self.waiting) < waited)

    @rule(reservation=claims)
    def leaves(self, reservation: Reservation) -> None:
        if reservation.key not in self.waiting and reservation.key not in self.unpublished:
            return
        self.envelopes = withdraw(self.envelopes, reservation.key)
        self.waiting.pop(reservation.key, None)
        if reservation.key in self.unpublished:
            self.unpublished.remove(reservation.key)
            self.counted.pop(reservation.key)
        self.serve()

    @rule(reservation=claims)
    def is_reduced(self, reservation: Reservation) -> None:
        if reservation.key not in self.waiting and reservation.key not in self.unpublished:
            return
        now = self.waiting.get(reservation.key) or self.counted[reservation.key]
        halves = (
            c.with_changes(amount=(c.amount / 2).quantize(Decimal("0.01"))) for c in now.charges
        )
        lower = now.with_changes(charges=tuple(c for c in halves if c.amount))
        self.envelopes = replace(self.envelopes, lower)
        (self.waiting if reservation.key in self.waiting else self.counted)[reservation.key] = lower
        self.serve()

    @rule(most=st.integers(1, 3))
    def page(self, most: int) -> None:
        keys = [each.key for each in self.envelopes.released[:most]]
        self.envelopes = mark_announced(self.envelopes, keys)
        self.unpublished -= set(keys)

    @invariant()
    def who_waits_and_who_is_in(self) -> None:
        order = sorted(self.waiting.values(), key=lambda c: (c.decided_on, c.dossier_id))
        assert [each.key for each in self.envelopes.waiting] == [each.key for each in order]
        assert {each.key for each in self.envelopes.released} == self.unpublished

    @invariant()
    def the_sums(self) -> None:
        for exercise in (*YEARS, 2028):
            line = self.envelopes.line(exercise)
            assert line.granted == self.sum_of(exercise)
            allotted = line.allotment.amount if line.allotment else None
            assert allotted == self.totals.get(exercise)


TestTheListIsThatOfAClerk = List.TestCase
TestTheListIsThatOfAClerk.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None
)


@given(
    order=st.permutations(range(12)),
    doubles=st.lists(st.integers(0, 11), max_size=6),
    first=st.integers(0, 12),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_of_an_envelope_raised_to_fit_k_the_first_k_are_served_in_any_order_of_arrival(
    order: list[int], doubles: list[int], first: int
) -> None:
    envelopes = allot(Envelopes(caf="761"), 2025, Allotment(amount=euros(0), time=START, id="E-1"))
    arrived: set[str] = set()
    for number in (*order, *doubles):
        reservation = claim(number, 1 + number // 5, 2025, (100, 150))
        if reservation.key not in arrived:  # A grant arrives once: its state reveals a duplicate.
            envelopes = reserve(envelopes, reservation).envelopes
            arrived.add(reservation.key)

    later = Allotment(amount=euros(100 * first), time=START, id="E-2")
    admitted = allot(envelopes, 2025, later)

    assert [each.dossier_id for each in admitted.released] == [f"D-{n:04}" for n in range(first)]
    assert [each.dossier_id for each in admitted.waiting] == [f"D-{n:04}" for n in range(first, 12)]
    assert admitted.line(2025).left == euros(0)
