"""What was asked and what was answered so far, and nothing else: all else is found by looking.

A sum of advances is a sum over old answers. An answer is a fact with whole cents.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.oracle.prices import KNOWN_BAREMES, Bareme
from tests.oracle.wire import Json, cents, content

Right = tuple[str, int]


class Fact(NamedTuple):
    """Something answered: to the message of this place in the life, about this right."""

    place: int
    name: str
    right: Right
    data: Json


class Past:
    """The messages of a life up to one of them, and all that was answered so far."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, Json, Json]] = []
        self.facts: list[Fact] = []

    def asked(self, name: str, **fields: Any) -> Iterator[Json]:
        for each, data, _ in self.messages:
            if each == name and all(data[key] == value for key, value in fields.items()):
                yield data

    def found(self, name: str, right: Right | None = None, **fields: Any) -> list[Fact]:
        return [
            fact
            for fact in self.facts
            if fact.name == name
            and right in (None, fact.right)
            and all(fact.data[key] == value for key, value in fields.items())
        ]

    def only(self, name: str, right: Right | None = None, **fields: Any) -> Fact | None:
        facts = self.found(name, right, **fields)
        return facts[-1] if facts else None

    def request(self, fact: Fact) -> Json:
        return self.messages[fact.place][1]

    def repeats(self, fact: Fact) -> bool:
        """Whether the message in hand says again what that fact answered."""
        return bool(content(self.request(fact)) == content(self.messages[-1][1]))

    def agrement(self, dossier: str) -> Json | None:
        return next(self.asked("AgrementGranted", dossier_id=dossier), None)

    def bareme(self, start: int) -> Bareme | None:
        published = [
            tuple(cents(b[key]) for key in ("plafond", "ps_max", "bonus_enfants", "bonus_parents"))
            for b in self.asked("BaremePublished", start_year=start)
        ]
        return KNOWN_BAREMES.get(start) or (published[0] if published else None)  # type: ignore[return-value]

    def advances(self, right: Right, exercise: int) -> int:
        granted = self.found("AdvanceGranted", right, exercise=exercise)
        back = self.found("AdvanceReversed", right, exercise=exercise)
        return sum(int(f.data["amount"]) for f in granted) - sum(
            int(f.data["amount"]) for f in back
        )

    def settlement(self, right: Right) -> Fact | None:
        return self.only("BalanceSettled", right) or self.only("FundingCancelled", right)


Told = Iterator[tuple[str, Right, Json]]
