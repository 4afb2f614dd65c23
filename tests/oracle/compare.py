"""One life told to the services and to the calculator: the first difference, if there is one."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.oracle.answers import Asking, answers
from tests.oracle.books import Books, Closing, Row
from tests.oracle.lives import Life, life
from tests.oracle.past import Fact
from tests.oracle.production import Production

UNTOLD = {"now"}
"""What the calculator keeps for itself."""

Seen = Counter[str]
"""How often each answer, each refusal, each kind of entry and of closing came up."""


class Difference(NamedTuple):
    """Where a life first parts: the message, and both sides."""

    seed: int
    place: int
    message: str
    expected: str
    actual: str

    def __str__(self) -> str:
        where = f"life {self.seed}, message {self.place}: {self.message}"
        return f"{where}\n  calculator  {self.expected}\n  services    {self.actual}"


def compare(seed: int, seen: Seen) -> Difference | None:
    """Live the life of a seed on both sides; `seen` counts what came up."""
    return compare_life(life(seed), seen, seed)


def compare_life(lived: Life, seen: Seen, seed: int = 0) -> Difference | None:
    """Tell every message to both sides until they answer or book differently."""
    production = Production()
    for place, (message, facts, rows, closings) in enumerate(expected(lived)):
        told = production.tell(place, *message)
        sides = (
            (_known(facts), _known(told.answers)),
            (sorted(rows), sorted(told.rows)),
            (_blurred(closings), _blurred(told.closings)),
        )
        for left, right in sides:
            if left != right:
                return Difference(seed, place, str(message), *_apart(left, right))
        seen.update(counted(facts, rows, closings))
    return None


def expected(lived: Life) -> Iterator[tuple[Asking, list[Fact], list[Row], list[Closing]]]:
    """What the calculator expects of each message: answers, entries, closings."""
    books = Books()
    payees = {d["dossier_id"]: d["gestionnaire"] for n, d, _ in lived if n == "AgrementGranted"}
    for message, facts in zip(lived, answers(lived), strict=True):
        before = len(books.rows)
        for fact in facts:
            books.hear(fact, payees.get(fact.right[0], {}))
        closing = books.close(message[1]) if message[0] == "ExerciseClosed" else None
        yield message, facts, books.rows[before:], [closing] if closing else []


def counted(facts: list[Fact], rows: list[Row], closings: list[Closing]) -> list[str]:
    """Name what a message led to."""
    refusals = [f"{f.name} {rule}" for f in facts for rule in f.data.get("rules", ())]
    ends = ["ClosingRefused" if c.faults else "ClosingCompleted" for c in closings]
    return [f.name for f in facts] + refusals + [f"entry {r.kind}" for r in rows] + ends


def _known(facts: list[Fact]) -> list[Any]:
    told = [
        (f.name, _right(f), {k: v for k, v in f.data.items() if k not in UNTOLD}) for f in facts
    ]
    return sorted(told, key=lambda each: each[:2])


def _right(fact: Fact) -> Any:
    """An answer about no right in particular is known by its name alone."""
    return fact.right if fact.right[0] and fact.right[1] else ("", 0)


def _blurred(closings: list[Closing]) -> list[Any]:
    """A refused closing is refused: the documents do not name the rules."""
    return [each._replace(faults=bool(each.faults)) for each in closings]  # type: ignore[arg-type]


def _apart(left: list[Any], right: list[Any]) -> tuple[str, str]:
    """What only one side has; all of both when that is nothing."""
    only = [e for e in left if e not in right], [e for e in right if e not in left]
    return (str(only[0]), str(only[1])) if any(only) else (str(left), str(right))
