"""What every service is asked: its records, its states, and its events to the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from shared.audit import delivery_reconciliation as of_pairs
from shared.audit import filing as of_filing
from shared.audit import integrity as of_records
from shared.audit import state_history as of_trail
from shared.audit.delivery_reconciliation import DeliveryReconciliation
from shared.audit.expected_entries import ExpectedEntry
from shared.audit.findings import CheckRule, Results, Violation, no_violations
from shared.audit.records import ParsedRecord, PublishedEvent
from shared.audit.rights import Rights
from shared.audit.state_history import StateHistory
from shared.contracts.registry import SERVICES
from shared.kernel.decision import Service, State
from shared.kernel.ports import StoredDocument

AGREEMENTS = {"AgrementGranted", "AgrementRegistered"}
FORM: CheckRule[Any] = CheckRule(
    "état qui a la forme de son modèle",
    "états qui ont la forme de leur modèle",
    "modèles des états",
    no_violations,
    of_trail.RESTORE,
)
Order = tuple[str, tuple[str, ...]]
"""A collection, and the fields of the index that it is read by."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at: everything, or one Caf, one service, the books of one exercise."""

    caf: str | None = None
    exercise: int | None = None
    service: str | None = None

    @property
    def services(self) -> tuple[str, ...]:
        """The services that are read, in the order of a dossier's life."""
        if self.exercise is not None:
            return ("accounting",)
        return (self.service,) if self.service else SERVICES

    @property
    def crosses(self) -> bool:
        """Whether services are held against each other."""
        return len(self.services) > 1


@dataclass(slots=True)
class AuditState:
    """What services have in common: what came of the checks, and what one tells the next.

    `now` is the moment of the look; `moving` are the dossiers of the events on their way;
    `heads` the heads that closings published, by Caf and exercise.
    """

    scope: Scope
    now: datetime
    tally: Results = field(default_factory=Results)
    rights: Rights = field(default_factory=Rights)
    expected: dict[str, ExpectedEntry] = field(default_factory=dict)
    agreed: set[str] = field(default_factory=set)
    moving: set[str] = field(default_factory=set)
    heads: dict[tuple[str, int], str] = field(default_factory=dict)
    on_the_way: int = 0
    pairs: DeliveryReconciliation = field(init=False)

    def __post_init__(self) -> None:
        """Hold services against each other where all are read."""
        among = frozenset(self.scope.services) if self.scope.crosses else frozenset[str]()
        self.pairs = DeliveryReconciliation(among, self.scope.caf)


class ServiceScanner:
    """Reads one service: every record, then every state, then the end.

    `reads` are the collections whose content is looked at, beyond its hash.
    """

    reads: frozenset[str] = frozenset()

    def __init__(self, service: Service, seen: AuditState) -> None:
        self.service, self.seen, self.tally = service.name, seen, seen.tally
        self.models = {model.collection: model for model in service.states}
        self._trail = StateHistory(service.name, seen.scope.caf)
        self._poison: dict[str, Violation] = {}

    @property
    def collections(self) -> Sequence[Order]:
        """The collections of states, in the order to read them."""
        return [(name, ()) for name in self.models]

    def where(self, collection: str) -> dict[str, Any]:  # noqa: ARG002
        """Return which states of a collection are read."""
        return {}

    def record(self, filed: ParsedRecord) -> None:
        """Look at one record."""
        self.tally.evaluate((of_records.READABLE,), filed)
        if not filed.readable:
            return
        self.tally.evaluate((*of_records.CHECKS, of_filing.FILED), filed)
        self._note_poison(filed)
        self.tally.note(of_trail.STARTS, self._trail.note(filed), int(filed.decided))
        before = self.seen.pairs.size
        self.tally.note(of_pairs.KNOWN, self.seen.pairs.handled(filed), 0)
        for said in filed.published:
            self.tally.note(of_pairs.HEARD, self.seen.pairs.published(filed, said), 0)
            if self.seen.scope.caf in {None, said.caf}:
                self.published(filed, said)
        self._count_pairs(before)

    def published(self, filed: ParsedRecord, said: PublishedEvent) -> None:  # noqa: ARG002
        """Look at one event that the service published."""
        if said.name in AGREEMENTS and said.dossier_id:
            self.seen.agreed.add(said.dossier_id)

    def state(self, collection: str, found: StoredDocument) -> None:
        """Look at one stored state."""
        if not self._trail.concerns(collection, found):
            return
        self.tally.note(of_trail.VERSIONS, self._trail.gaps(collection, found))
        self.tally.note(of_trail.STATES, self._trail.compare(collection, found))
        if collection in self.reads:
            state = _read(self.models[collection], found)
            self.tally.note(FORM, [] if state else [self._malformed(collection, found)])
            if state:
                self.remember(state, found)

    def remember(self, state: State, found: StoredDocument) -> None:
        """Look at one state that has its form."""

    def end(self) -> None:
        """Look at what is left once all was read."""
        self.tally.note(of_trail.STATES, self._trail.missing(), 0)
        self.tally.note(of_records.POISON, self._poison.values(), 0)

    def _note_poison(self, filed: ParsedRecord) -> None:
        """Keep a message that made the service fail, until it was replayed with success."""
        record = filed.record
        if record.outcome == "poison":
            self._poison[record.sha256] = of_records.poisoned(filed)
        elif record.outcome == "decided":
            self._poison.pop(record.sha256, None)

    def _count_pairs(self, before: tuple[int, int]) -> None:
        said, heard = self.seen.pairs.size
        self.tally.note(of_pairs.HEARD, (), said - before[0])
        self.tally.note(of_pairs.KNOWN, (), heard - before[1])

    def _malformed(self, collection: str, found: StoredDocument) -> Violation:
        where = f"{self.service}, {collection}, {found.id}"
        return Violation(
            of_trail.dossier_of(found), "le document n’a plus la forme d’un état", where
        )


def _read(model: type[State], found: StoredDocument) -> State | None:
    try:
        return found.read(model)
    except (ValidationError, TypeError):
        return None
