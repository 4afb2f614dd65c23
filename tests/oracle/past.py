"""The messages and answers of a life so far; everything else is derived from them.

A sum of advances is a sum over earlier answers. An answer is a fact with whole cents.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.oracle.prices import KNOWN_BAREMES, Bareme
from tests.oracle.wire import Json, cents, content, school_year

Right = tuple[str, int]


class Fact(NamedTuple):
    """An answer to the message at this place in the life, about this right."""

    place: int
    name: str
    right: Right
    data: Json


class Past:
    """The messages of a life up to one of them, and all answers so far."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, Json, Json]] = []
        self.facts: list[Fact] = []

    def requests(self, name: str, **fields: Any) -> Iterator[Json]:
        for message, data, _ in self.messages:
            if message == name and all(data[key] == value for key, value in fields.items()):
                yield data

    def answers(self, name: str, right: Right | None = None, **fields: Any) -> list[Fact]:
        return [
            fact
            for fact in self.facts
            if fact.name == name
            and right in (None, fact.right)
            and all(fact.data.get(key) == value for key, value in fields.items())
        ]

    def only(self, name: str, right: Right | None = None, **fields: Any) -> Fact | None:
        facts = self.answers(name, right, **fields)
        return facts[-1] if facts else None

    def request(self, fact: Fact) -> Json:
        return self.messages[fact.place][1]

    def repeats(self, fact: Fact) -> bool:
        """Whether the current message repeats the request of that fact."""
        return bool(content(self.request(fact)) == content(self.messages[-1][1]))

    def agrement(self, dossier: str) -> Json | None:
        return next(self.requests("AgrementGranted", dossier_id=dossier), None)

    def stopped(self, right: Right) -> dict[str, str]:
        """When amendments stopped collectifs in a school year, by collectif."""
        agrement, stopped = self.agrement(right[0]), dict[str, str]()
        names = [c["collectif_id"] for c in agrement["collectifs"]] if agrement else []
        year = school_year(right[1])
        for change in self.requests("AgrementAmended", dossier_id=right[0], from_school_year=year):
            ended = [name for name in names if name not in change["collectifs"]]
            stopped = dict.fromkeys(ended, str(change["ended_on"])) | stopped
        return stopped

    def bareme(self, start: int) -> Bareme | None:
        published = [
            tuple(cents(b[key]) for key in ("plafond", "ps_max", "bonus_enfants", "bonus_parents"))
            for b in self.requests("BaremePublished", start_year=start)
        ]
        return KNOWN_BAREMES.get(start) or (published[0] if published else None)  # type: ignore[return-value]

    def advances(self, right: Right, exercise: int) -> int:
        granted = self.answers("AdvanceGranted", right, exercise=exercise)
        reversed_ = self.answers("AdvanceReversed", right, exercise=exercise)
        return sum(int(f.data["amount"]) for f in granted) - sum(
            int(f.data["amount"]) for f in reversed_
        )

    def settlement(self, right: Right) -> Fact | None:
        return self.only("BalanceSettled", right) or self.only("FundingCancelled", right)


Answers = Iterator[tuple[str, Right, Json]]
