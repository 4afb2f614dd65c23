"""Random lives as a strategy, and a run of the services that keeps all that was said."""

from collections.abc import Iterable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from services.accounting.domain.entries import Entry
from tests.oracle.books import Closing, Row
from tests.oracle.lives import Life, life
from tests.oracle.past import Fact, Right
from tests.oracle.production import Production, Told

SEED_MOST = 2**40
HOLES_MOST = 6

calm = settings(
    derandomize=True,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
"""The same lives in each run."""


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """A life by its seed, perhaps with some messages that never came."""
    lived = life(draw(st.integers(0, SEED_MOST)))
    holes = draw(st.sets(st.integers(0, len(lived)), max_size=HOLES_MOST))
    return [message for place, message in enumerate(lived) if place not in holes]


class Run:
    """A life told to funding and accounting, message after message."""

    def __init__(self, lived: Life) -> None:
        self.production = Production()
        self.lived = lived
        self.told: list[Told] = []
        for place, message in enumerate(lived):
            self.told.append(self.production.tell(place, *message))

    @property
    def answers(self) -> list[Fact]:
        return [fact for told in self.told for fact in told.answers]

    @property
    def rows(self) -> list[Row]:
        return [row for told in self.told for row in told.rows]

    @property
    def closings(self) -> list[Closing]:
        """The closings that were completed."""
        return [c for told in self.told for c in told.closings if not c.faults]

    @property
    def entries(self) -> list[Entry]:
        """Every entry as accounting stores it."""
        stored = self.production.stored["accounting"].values()
        return [state for state in stored if isinstance(state, Entry)]

    def said(self, *names: str) -> list[Fact]:
        return [fact for fact in self.answers if fact.name in names]

    def of(self, right: Right) -> list[Row]:
        return [row for row in self.rows if row.right == right]

    def ended(self) -> list[Fact]:
        """The settlements and cancellations."""
        return self.said("BalanceSettled", "FundingCancelled")

    def others(self, fact: Fact) -> int:
        """What else the branche Famille gives, in the budget that a fact was priced with."""
        asked = self.lived[fact.place][1]
        return sum(
            int(r["amount"].replace(".", ""))
            for r in asked["budget"]["resources"]
            if r["branche_famille"]
        )


def net(rows: Iterable[Row], *accounts: str) -> int:
    """Debits less credits of some accounts, in cents."""
    return sum(
        debit - credit
        for row in rows
        for _, account, debit, credit, _, _ in row.lines
        if account in accounts
    )
