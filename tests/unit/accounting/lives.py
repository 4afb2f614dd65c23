"""Random whole lives of grants, as funding may decide them, and histories that shuffle them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from hypothesis import strategies as st

from shared.contracts.base import WireModel
from shared.kernel.money import ZERO, total
from tests.support.samples import advance_granted, exercise_closed, funding_granted
from tests.support.settled import (
    adjustment_decided,
    advance_reversed,
    balance_settled,
    funding_amended,
    funding_cancelled,
)

START_YEARS = (2024, 2025)
EXERCISES = (2024, 2025, 2026, 2027)
CENTS_MAX = 300_000


@dataclass
class Life:
    """What funding decided for one grant. `final` is None while nothing is settled.

    `advances` are those that stand, by exercise; `adjusted` is what controls changed.
    """

    dossier_id: str
    start: int
    events: list[WireModel] = field(default_factory=list)
    advances: dict[int, Decimal] = field(default_factory=dict)
    ceilings: dict[int, Decimal] = field(default_factory=dict)
    final: Decimal | None = None
    to_recover: Decimal = ZERO
    adjusted: Decimal = ZERO

    @property
    def named(self) -> dict[str, str]:
        """The fields that name the grant."""
        return {
            "dossier_id": self.dossier_id,
            "school_year": f"{self.start}-{self.start + 1}",
        }


@dataclass(frozen=True)
class History:
    """What happens in turn: an event, or None when a page of the running closing turns."""

    lives: Sequence[Life]
    steps: Sequence[WireModel | None]


euros = st.integers(0, CENTS_MAX).map(lambda cents: Decimal(cents) / 100 + ZERO)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Draw up to three lives, closings and page requests, in any order, some of them twice."""
    lives = [draw(a_life(f"D-{rank}")) for rank in range(draw(st.integers(1, 3)))]
    events = [event for life in lives for event in life.events]
    again = draw(st.lists(st.sampled_from(events), max_size=3))
    closings = [
        exercise_closed(exercise=year, closed_on=f"{year + 1}-01-31")
        for year in draw(st.lists(st.sampled_from(EXERCISES), max_size=5))
    ]
    turns = [None] * draw(st.integers(0, 8))
    return History(lives, draw(st.permutations([*events, *again, *closings, *turns])))


@st.composite
def a_life(draw: st.DrawFn, dossier_id: str) -> Life:
    """Draw a grant, its amendments, its advances, some taken back, its end and its controls."""
    life = Life(dossier_id, draw(st.sampled_from(START_YEARS)))
    _grant(life, draw)
    for exercise in (life.start, life.start + 1):
        _advances(life, exercise, draw)
    match draw(st.sampled_from(("open", "settled", "cancelled"))):
        case "settled":
            _balance(life, draw)
            for rank in range(draw(st.integers(0, 2))):
                _control(life, rank, draw)
        case "cancelled":
            _cancellation(life, draw)
    return life


def _grant(life: Life, draw: st.DrawFn) -> None:
    n, n1 = draw(euros), draw(euros)
    life.events.append(funding_granted(part_n=n, part_n1=n1, **life.named))
    for rank in range(1, draw(st.integers(0, 2)) + 1):
        # It reduces what is due: what was paid before stays under the ceilings of the grant.
        reduced = {"part_n": min(n, draw(euros)), "part_n1": min(n1, draw(euros))}
        life.events.append(funding_amended(rank=rank, **reduced, **life.named))
    life.ceilings = {life.start: n, life.start + 1: n1}


def _advances(life: Life, exercise: int, draw: st.DrawFn) -> None:
    life.advances[exercise] = ZERO
    for rank in range(draw(st.integers(0, 2))):
        amount = min(draw(euros), life.ceilings[exercise] - life.advances[exercise])
        order = {"order_id": f"{life.dossier_id}-{exercise}-{rank}", "amount": amount}
        order |= {"exercise": exercise, **life.named}
        life.events.append(advance_granted(ordered_on=f"{exercise}-11-05", **order))
        if draw(st.booleans()):
            back_on = draw(st.sampled_from((f"{exercise}-11-20", f"{exercise + 1}-01-12")))
            life.events.append(advance_reversed(reversed_on=back_on, **order))
        else:
            life.advances[exercise] += amount


def _balance(life: Life, draw: st.DrawFn) -> None:
    n, n1, bonus = draw(euros), draw(euros), draw(euros)
    settled_on = draw(st.sampled_from((f"{life.start + 1}-09-15", f"{life.start + 2}-02-01")))
    parts = {"final_part_n": n, "final_part_n1": n1, "final_bonus": bonus}
    life.events.append(balance_settled(settled_on=settled_on, **parts, **_paid(life)))
    _settled(life, n, n1 + bonus)


def _cancellation(life: Life, draw: st.DrawFn) -> None:
    days = (f"{life.start}-12-15", f"{life.start + 1}-06-30", f"{life.start + 2}-06-30")
    life.events.append(funding_cancelled(cancelled_on=draw(st.sampled_from(days)), **_paid(life)))
    _settled(life, ZERO, ZERO)


def _paid(life: Life) -> dict[str, object]:
    paid = {"advances_n": life.advances[life.start], "advances_n1": life.advances[life.start + 1]}
    return {**paid, **life.named}


def _settled(life: Life, *due: Decimal) -> None:
    life.final = total(due)
    rests = zip(due, life.advances.values(), strict=True)
    life.to_recover = total(max(advanced - final, ZERO) for final, advanced in rests)


def _control(life: Life, rank: int, draw: st.DrawFn) -> None:
    differences = [draw(euros) - draw(euros) for _ in range(2)]
    years = (life.start, life.start + 1)
    life.events.append(
        adjustment_decided(
            control_id=f"{life.dossier_id}-CONTROLE-{rank}",
            decided_on=f"{life.start + 2 + rank}-04-15",
            amount=sum(differences),
            by_origin=[
                {"exercise": year, "amount": f"{difference:.2f}"}
                for year, difference in zip(years, differences, strict=True)
            ],
            **life.named,
        )
    )
    life.adjusted += total(differences)
    life.to_recover += total(max(-difference, ZERO) for difference in differences)
