"""The request that closes an exercise: the same words always make the same event."""

from dataclasses import dataclass
from datetime import date

from shared.contracts.caf import ExerciseClosed
from shared.contracts.envelope import encode, routing_key
from shared.kernel.decision import derived_id
from shared.kernel.ports import InboxKey


@dataclass(frozen=True, slots=True)
class Request:
    """What the accounting officer asks for.

    `refused`: how often accounting refused the closing of this exercise before. The request after
    a refusal is another one; else the same id would make it old news.
    """

    caf: str
    exercise: int
    closed_on: date
    closed_by: str | None
    refused: int = 0

    @property
    def data(self) -> ExerciseClosed:
        """The data of the event."""
        given = {"closed_by": self.closed_by} if self.closed_by else {}
        return ExerciseClosed(
            caf=self.caf, exercise=self.exercise, closed_on=self.closed_on, **given
        )

    @property
    def id(self) -> str:
        """The id that these words always have: asking again after an interruption is harmless."""
        words = (self.caf, str(self.exercise), self.closed_on.isoformat(), self.closed_by or "")
        return derived_id("clas close", *words, str(self.refused))

    @property
    def source(self) -> str:
        """Who asks."""
        return f"/agent-comptable/{self.caf}"

    @property
    def key(self) -> InboxKey:
        """How accounting will know the event."""
        return InboxKey(self.source, self.id)

    @property
    def routing_key(self) -> str:
        """How the event travels."""
        return routing_key("ExerciseClosed", self.caf)

    @property
    def body(self) -> bytes:
        """The event; its time is the day of the closing, so that its bytes never change."""
        time = f"{self.closed_on.isoformat()}T00:00:00Z"
        return encode(self.data, id=self.id, source=self.source, time=time)
