"""Random lives as a strategy, and a run of the services that keeps all that was published.

The lives are the same in each run, but for `pytest --hypothesis-profile=wander`.
"""

from collections.abc import Callable, Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from services.accounting.domain.entries import Entry
from tests.oracle.books import Closing, Row
from tests.oracle.lives import Life, life
from tests.oracle.past import Fact, Right
from tests.oracle.production import Outcome, Production

SEED_MOST = 2**40
HOLES_MOST = 6

calm = settings(max_examples=150)


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """A life by its first year, its number of dossiers and a seed; some messages are left out."""
    start, dossiers = draw(st.sampled_from((2021, 2025, 2030))), draw(st.integers(1, 3))
    lived = life(draw(st.integers(0, SEED_MOST)), start=start, count=dossiers)
    holes = draw(st.sets(st.integers(0, len(lived)), max_size=HOLES_MOST))
    return [message for place, message in enumerate(lived) if place not in holes]


def holds_of(least: int) -> Callable[[Callable[[Life], int]], Callable[[], None]]:
    """Test a property of lives that returns how many cases it compared: `least` over all lives.

    What is only compared within a loop holds of nothing where the loop is never entered.
    """

    def of_lives(check: Callable[[Life], int]) -> Callable[[], None]:
        def test() -> None:
            compared = 0

            @calm
            @given(lives())
            def each_life(lived: Life) -> None:
                nonlocal compared
                compared += check(lived)

            each_life()
            assert compared >= least

        return test

    return of_lives


class Run:
    """A life handled by funding and accounting, message after message."""

    def __init__(self, lived: Life) -> None:
        self.production = Production()
        self.lived = lived
        self.outcomes: list[Outcome] = []
        for place, message in enumerate(lived):
            self.outcomes.append(self.production.handle(place, *message))

    @property
    def answers(self) -> list[Fact]:
        return [fact for outcome in self.outcomes for fact in outcome.answers]

    @property
    def rows(self) -> list[Row]:
        return [row for outcome in self.outcomes for row in outcome.rows]

    @property
    def closings(self) -> list[Closing]:
        """The closings that were completed."""
        return [c for outcome in self.outcomes for c in outcome.closings if not c.faults]

    @property
    def entries(self) -> list[Entry]:
        """Every entry as accounting stores it."""
        stored = self.production.stored["accounting"].values()
        return [state for state in stored if isinstance(state, Entry)]

    def events(self, *names: str) -> list[Fact]:
        return [fact for fact in self.answers if fact.name in names]

    def of(self, right: Right) -> list[Row]:
        return [row for row in self.rows if row.right == right]

    def ended(self) -> list[Fact]:
        """The settlements and cancellations."""
        return self.events("BalanceSettled", "FundingCancelled")

    def others(self, fact: Fact) -> int:
        """The other resources from the branche Famille in the budget that priced a fact."""
        request = self.lived[fact.place][1]
        return sum(
            int(r["amount"].replace(".", ""))
            for r in request["budget"]["resources"]
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
