"""The request that closes an exercise: the same content always makes the same event."""

from dataclasses import dataclass, replace
from datetime import date

from services.accounting.domain.books import Books
from services.accounting.domain.closing_rules import RULES, ClosingContext
from shared.contracts.caf import ExerciseClosed
from shared.contracts.common import Reason
from shared.contracts.envelope import encode, routing_key
from shared.kernel.decision import derived_id
from shared.kernel.messages import DEVELOPMENT, InboxKey
from shared.kernel.read_port import Reads
from shared.kernel.rules import evaluate_all, reasons


@dataclass(frozen=True, slots=True)
class Request:
    """The request of the accounting officer.

    `refused`: how often accounting refused this very request before. The request after a refusal
    is another one; else its id would make it a duplicate.
    """

    caf: str
    exercise: int
    closed_on: date
    closed_by: str | None
    refused: int = 0

    @property
    def data(self) -> ExerciseClosed:
        """The data of the event."""
        optional = {"closed_by": self.closed_by} if self.closed_by else {}
        return ExerciseClosed(
            caf=self.caf, exercise=self.exercise, closed_on=self.closed_on, **optional
        )

    @property
    def id(self) -> str:
        """The id of this content: requesting it again after an interruption is harmless."""
        content = (self.caf, str(self.exercise), self.closed_on.isoformat(), self.closed_by or "")
        return derived_id("clas close", *content, str(self.refused))

    @property
    def source(self) -> str:
        """The source of the event."""
        return f"/agent-comptable/{self.caf}"

    @property
    def key(self) -> InboxKey:
        """The key of its record in accounting."""
        return InboxKey(DEVELOPMENT, self.source, self.id)

    @property
    def routing_key(self) -> str:
        """The routing key of the event."""
        return routing_key("ExerciseClosed", self.caf)

    @property
    def body(self) -> bytes:
        """The event; its time is the day of the closing, so that its bytes never change."""
        time = f"{self.closed_on.isoformat()}T00:00:00Z"
        return encode(self.data, id=self.id, source=self.source, time=time)

    async def renewed(self, reads: Reads) -> "Request":
        """Return the first of these requests that was not decided, before its closing has begun.

        Raises:
            StoreError: when the database does not answer.
        """
        record = await reads.record(self.key)
        if record is None or record.outcome != "decided":
            return self
        return await replace(self, refused=self.refused + 1).renewed(reads)

    def refusals(self, books: Books) -> tuple[Reason, ...]:
        """Return why accounting would refuse it on these books [CLO-01, CLO-02, CLO-03]."""
        return reasons(evaluate_all(RULES, ClosingContext(self.data, books)))
