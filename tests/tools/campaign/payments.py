"""Envelopes, conventions, orders of advances, and the closings of both exercises."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from services.cli.demo import phases
from shared.examples import decisions
from shared.examples import dossier as catalogue
from shared.examples import payments as examples
from tests.tools.campaign import roster
from tests.tools.campaign.committee import granted_collectifs
from tests.tools.campaign.dossiers import Dossier, Json
from tests.tools.campaign.events import event
from tests.tools.campaign.rng import SeededRandom

CENT = Decimal("0.01")


def envelopes() -> Iterator[Json]:
    """Yield the credits of both exercises, enough for all that is granted on 2 October."""
    for exercise, amount in roster.ENVELOPES.items():
        yield _envelope(phases.ENVELOPES, exercise, amount, "2025-09-25")


def envelope_raised() -> Iterator[Json]:
    """Yield the new total of 2025, enough for the dossier on the waiting list."""
    yield _envelope(phases.ENVELOPE_RAISED, 2025, roster.ENVELOPE_RAISED, "2025-10-23")


def conventions(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield the conventions signed in the autumn."""
    for dossier in _with_convention(dossiers):
        if dossier.number not in roster.CONVENTION_LATE:
            yield _convention(phases.CONVENTIONS, dossier, f"2025-10-{dossier.number % 18 + 13}")


def late_conventions(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield those that were signed after Christmas."""
    for dossier in _with_convention(dossiers):
        if dossier.number in roster.CONVENTION_LATE:
            yield _convention(phases.LATE_CONVENTIONS, dossier, "2026-01-15")


def advances_n(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield the orders of November 2025, including those that are refused."""
    for dossier in map(roster.with_mistakes, dossiers):
        if dossier.number == roster.AHEAD_OF_ITS_EXERCISE:
            data = _order(dossier, 2026, _amount(dossier, "0.42"), "2025-12-10", rank=9)
            yield _ordered(phases.ADVANCES_N, data)
        elif _orders_in_november(dossier):
            share = "0.4" if dossier.number in roster.OVER_N else "0.28"
            data = _order(dossier, 2025, _amount(dossier, share), "2025-11-20")
            if dossier.number == roster.COMMA_IN_ORDER:
                data["amount"] = data["amount"].replace(".", ",")
            yield _ordered(phases.ADVANCES_N, data)


def advances_n_again(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield the corrected orders."""
    for dossier in map(roster.with_mistakes, dossiers):
        if dossier.number in {*roster.OVER_N_CORRECTED, roster.COMMA_IN_ORDER}:
            data = _order(dossier, 2025, _amount(dossier, "0.28"), "2025-12-05", rank=2)
            yield _ordered(phases.ADVANCES_N_AGAIN, data)


def advances_n1(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield the orders of March 2026, including those that are refused."""
    for dossier in map(roster.with_mistakes, dossiers):
        if dossier.number == roster.WITHOUT_CONVENTION or (
            _signs(dossier) and dossier.number not in roster.NO_ADVANCE_N1
        ):
            share = "0.6" if dossier.number in roster.OVER_N1 else "0.42"
            data = _order(dossier, 2026, _amount(dossier, share), "2026-03-12")
            yield _ordered(phases.ADVANCES_N1, data)
        if dossier.number == roster.AFTER_ITS_EXERCISE:
            data = _order(dossier, 2025, _amount(dossier, "0.28"), "2026-02-10", rank=9)
            yield _ordered(phases.ADVANCES_N1, data)


def advances_n1_again(dossiers: Sequence[Dossier]) -> Iterator[Json]:
    """Yield the order that replaces the reversed one, for half of its amount."""
    (dossier,) = (
        dossier
        for dossier in map(roster.with_mistakes, dossiers)
        if dossier.number == roster.REVERSED
    )
    data = _order(dossier, 2026, _amount(dossier, "0.21"), "2026-03-24", rank=2)
    yield _ordered(phases.ADVANCES_N1_AGAIN, data)


def closing(phase: phases.Phase, exercise: int) -> Iterator[Json]:
    """Yield the closing of an exercise, on 31 January of the year after."""
    day = f"{exercise + 1}-01-31"
    changes = {"closed_on": day, "closed_by": "Agence comptable"}
    data = examples.closing(catalogue.dossier(exercise)) | changes
    yield event(phase, "ExerciseClosed", f"{day}T16:00:00+01:00", data)


def _envelope(phase: phases.Phase, exercise: int, amount: str, day: str) -> Json:
    data = examples.envelope(catalogue.dossier(exercise)) | {"amount": amount}
    return event(phase, "EnvelopeAllotted", f"{day}T09:00:00+02:00", data)


def _with_convention(dossiers: Sequence[Dossier]) -> Iterator[Dossier]:
    return (dossier for dossier in map(roster.with_mistakes, dossiers) if _signs(dossier))


def _orders_in_november(dossier: Dossier) -> bool:
    if dossier.number in {*roster.BEFORE_CONVENTION, roster.NOT_GRANTED}:
        return True
    waits = {*roster.CONVENTION_LATE, *roster.NO_ADVANCE_N}
    return _signs(dossier) and dossier.number not in waits


def _signs(dossier: Dossier) -> bool:
    return roster.granted(dossier.number) and dossier.number not in roster.CONVENTION_NEVER


def _convention(phase: phases.Phase, dossier: Dossier, day: str) -> Json:
    data = decisions.convention(dossier.data) | {"signed_on": day}
    return event(phase, "ConventionSigned", f"{day}T12:00:00+02:00", data)


def _order(dossier: Dossier, exercise: int, amount: Decimal, day: str, rank: int = 1) -> Json:
    return examples.advance(dossier.data) | {
        "order_id": f"ACO-{exercise}-{dossier.number:03}-{rank}",
        "exercise": exercise,
        "amount": str(amount),
        "ordered_on": day,
        "ordered_by": "Service des prestations collectives",
    }


def _ordered(phase: phases.Phase, data: Json) -> Json:
    return event(phase, "AdvanceOrdered", f"{data['ordered_on']}T10:00:00+01:00", data)


def _amount(dossier: Dossier, share: str) -> Decimal:
    """Return a share of the Ps, rounded down to the cent, or to ten euros for some dossiers.

    Half of it for projects above the 80 % cap, whose Ps is reduced.
    """
    amount = Decimal(share) * _ps(dossier)
    if dossier.number in roster.CAPPED:
        amount /= 2
    elif SeededRandom("round", dossier.number, share).chance(30):
        return (amount / 10).quantize(Decimal(1), rounding=ROUND_FLOOR) * 10 + Decimal("0.00")
    return amount.quantize(CENT, rounding=ROUND_FLOOR)


def _ps(dossier: Dossier) -> Decimal:
    """Return the Ps of the note de cadrage: 32.5 % of each cost up to 8 487.00 euros."""
    costs = (Decimal(collectif["forecast_cost"]) for collectif in granted_collectifs(dossier))
    plafond, rate = Decimal("8487.00"), Decimal("0.325")
    per_collectif = (min(rate * min(cost, plafond), Decimal("2758.25")) for cost in costs)
    return sum(
        (ps.quantize(CENT, rounding=ROUND_HALF_UP) for ps in per_collectif), start=Decimal("0.00")
    )
