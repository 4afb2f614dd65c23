"""What a check is, what it finds, and how much of it is kept."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from shared.french import euros

T = TypeVar("T")
KEPT_MAX = 20
"""Breaches that are told one by one, for each check; the others are counted."""


class Violation(NamedTuple):
    """What does not hold: whom it concerns, what is wrong, and where it is kept."""

    about: str
    wrong: str
    where: str


def _always(subject: Any) -> bool:  # noqa: ARG001
    return True


@dataclass(frozen=True, slots=True, eq=False)
class CheckRule(Generic[T]):
    """One line of a table: what holds of one and of many, its source, the check, the way out.

    `concerns` tells which subjects it looks at; the others are not counted.
    """

    one: str
    many: str
    source: str
    against: Callable[[T], Iterable[Violation]]
    way_out: str
    concerns: Callable[[T], bool] = _always


@dataclass(slots=True)
class CheckResult:
    """What came of a check so far."""

    looked: int = 0
    breaches: int = 0
    kept: list[Violation] = field(default_factory=list)

    def add(self, breach: Violation) -> None:
        """Count a breach, and keep it while there are few."""
        self.breaches += 1
        if len(self.kept) < KEPT_MAX:
            self.kept.append(breach)


class Results:
    """What came of every check, in the order they were first asked."""

    def __init__(self) -> None:
        self.rows: dict[CheckRule[Any], CheckResult] = {}

    @property
    def asked(self) -> dict[CheckRule[Any], CheckResult]:
        """The checks that had something to look at, or found something missing."""
        return {check: row for check, row in self.rows.items() if row.looked or row.breaches}

    @property
    def breaches(self) -> int:
        """All that does not hold."""
        return sum(row.breaches for row in self.rows.values())

    @property
    def looked(self) -> int:
        """How often anything was looked at."""
        return sum(row.looked for row in self.rows.values())

    def evaluate(self, checks: Iterable[CheckRule[T]], subject: T) -> None:
        """Hold a subject against checks."""
        for check in checks:
            row = self.row(check)
            if check.concerns(subject):
                row.looked += 1
                for breach in check.against(subject):
                    row.add(breach)

    def note(self, check: CheckRule[Any], breaches: Iterable[Violation], looked: int = 1) -> None:
        """Take over what was found on so many subjects, where it shows only in a sequence."""
        row = self.row(check)
        row.looked += looked
        for breach in breaches:
            row.add(breach)

    def row(self, check: CheckRule[Any]) -> CheckResult:
        """Return what came of a check, nothing before it is asked."""
        return self.rows.setdefault(check, CheckResult())


def no_violations(subject: Any) -> Iterable[Violation]:  # noqa: ARG001
    """Return no breach: for a check whose breaches show only when all was looked at."""
    return ()


def unequal(what: str, expected: Decimal, found: Decimal) -> str | None:
    """Return `what : attendu 1,00 €, trouvé 2,00 €`, None where they are equal."""
    if expected == found:
        return None
    return f"{what} : attendu {euros(expected)}, trouvé {euros(found)}"


def violations(about: str, where: str, wrongs: Iterable[str | None]) -> Iterator[Violation]:
    """Return one breach for each thing that is wrong."""
    return (Violation(about, wrong, where) for wrong in wrongs if wrong)
