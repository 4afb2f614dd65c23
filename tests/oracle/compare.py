"""One life handled by the services and by the calculator: the first difference, if any."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.oracle import applications
from tests.oracle.answers import Request, answers, answers_on_dossiers
from tests.oracle.books import Books, Closing, Row
from tests.oracle.lives import Life, life
from tests.oracle.past import Fact
from tests.oracle.production import OF_DOSSIERS, Production
from tests.oracle.wire import Json

INTERNAL = {"now", "ordered", "day"}
"""Fields of the calculator alone."""

Seen = Counter[str]
"""Number of occurrences of each answer, refusal, kind of entry and of closing."""


class Difference(NamedTuple):
    """The first message of a life on which both sides differ, and their results."""

    seed: int
    place: int
    message: str
    expected: str
    actual: str

    def __str__(self) -> str:
        where = f"life {self.seed}, message {self.place}: {self.message}"
        return f"{where}\n  calculator  {self.expected}\n  services    {self.actual}"


def compare(seed: int, seen: Seen) -> Difference | None:
    """Compare both sides on both lives of a seed; `seen` counts the results."""
    return compare_life(life(seed), seen, seed) or compare_dossiers(seed, seen)


def compare_dossiers(seed: int, seen: Seen) -> Difference | None:
    """Send every message about dossiers to both sides until they answer differently."""
    lived, production = applications.life(seed), Production(OF_DOSSIERS)
    for place, (message, facts) in enumerate(zip(lived, answers_on_dossiers(lived), strict=True)):
        outcome = production.handle(place, *message)
        left, right = (sorted(map(_flat, side), key=repr) for side in (facts, outcome.answers))
        if left != right:
            return Difference(seed, place, str(message), *_difference(left, right))
        seen.update(counted(facts, [], []))
    return None


def _flat(fact: Fact) -> tuple[str, Any, Any]:
    return fact.name, fact.right, {k: v for k, v in fact.data.items() if k not in INTERNAL}


def compare_life(lived: Life, seen: Seen, seed: int = 0) -> Difference | None:
    """Send every message to both sides until they answer or book differently."""
    production = Production()
    for place, (message, facts, rows, closings) in enumerate(expected(lived)):
        outcome = production.handle(place, *message)
        sides = (
            (_comparable(facts), _comparable(outcome.answers)),
            (sorted(rows), sorted(outcome.rows)),
            (_without_rules(closings), _without_rules(outcome.closings)),
        )
        for left, right in sides:
            if left != right:
                return Difference(seed, place, str(message), *_difference(left, right))
        seen.update(counted(facts, rows, closings))
    return None


def expected(lived: Life) -> Iterator[tuple[Request, list[Fact], list[Row], list[Closing]]]:
    """What the calculator expects of each message: answers, entries, closings."""
    books = Books()
    payees = {d["dossier_id"]: d["gestionnaire"] for n, d, _ in lived if n == "AgrementGranted"}
    for message, facts in zip(lived, answers(lived), strict=True):
        before = len(books.rows)
        for fact in facts:
            books.record(fact, payees.get(fact.right[0], {}))
        closing = books.close(message[1]) if message[0] == "ExerciseClosed" else None
        yield message, facts, books.rows[before:], [closing] if closing else []


def counted(facts: list[Fact], rows: list[Row], closings: list[Closing]) -> list[str]:
    """Return the names of the results of a message."""
    refusals = [f"{f.name} {rule}" for f in facts for rule in details(f.data)]
    ends = ["ClosingRefused" if c.faults else "ClosingCompleted" for c in closings]
    return [f.name for f in facts] + refusals + [f"entry {r.kind}" for r in rows] + ends


def details(data: Json) -> list[str]:
    """The rules, remarks and findings of an answer, and what a dossier waits for."""
    findings = list(data.get("findings", {}).items())
    for rows in data.get("collectifs", {}).values() if "findings" in data else ():
        findings += rows[1].items()
    waits = [data["waits_for"]] if "waits_for" in data else []
    return [
        *data.get("rules", ()),
        *data.get("remarks", ()),
        *waits,
        *(f"{rule} {outcome}" for rule, outcome in findings),
    ]


def _comparable(facts: list[Fact]) -> list[Any]:
    comparable = [
        (f.name, _right(f), {k: v for k, v in f.data.items() if k not in INTERNAL}) for f in facts
    ]
    return sorted(comparable, key=lambda row: row[:2])


def _right(fact: Fact) -> Any:
    """Return the right of an answer, a blank one for an answer about no right."""
    return fact.right if fact.right[0] and fact.right[1] else ("", 0)


def _without_rules(closings: list[Closing]) -> list[Any]:
    """Return closings with refusals as a flag: the documents do not name the rules."""
    return [c._replace(faults=bool(c.faults)) for c in closings]  # type: ignore[arg-type]


def _difference(left: list[Any], right: list[Any]) -> tuple[str, str]:
    """Return what only one side has, or both sides in full."""
    only = [e for e in left if e not in right], [e for e in right if e not in left]
    return (str(only[0]), str(only[1])) if any(only) else (str(left), str(right))
