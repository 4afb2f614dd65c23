"""The eye on accounting: entries one by one, exercises, and every right that is booked."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import orjson

from services.accounting.audit import balances as of_balances
from services.accounting.audit import entries as of_entries
from services.accounting.audit import exercises as of_exercises
from services.accounting.audit.balances import BookedRight, Ledgers, Sums
from services.accounting.audit.entries import BookedEntry
from services.accounting.audit.exercises import ExerciseAudit
from services.accounting.domain.books import Books
from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from services.accounting.service import SERVICE
from shared.audit.findings import Violation
from shared.audit.records import ParsedRecord, PublishedEvent
from shared.audit.scanner import AuditState, Order, ServiceScanner
from shared.audit.state_history import digest
from shared.contracts.accounting import ClosingCompleted
from shared.contracts.envelope import InvalidMessage, decode
from shared.kernel.decision import State
from shared.kernel.ports import StoredDocument

ORDERS: Sequence[Order] = (
    (Books.collection, ()),
    (Closing.collection, ()),
    (Entry.collection, ("caf", "exercise", "place")),
    (Grant.collection, ()),
)


class Announced(NamedTuple):
    """An entry as its event announced it: the hash of its content, and of whom it is."""

    content: bytes
    about: str


class AccountingScanner(ServiceScanner):
    """Reads accounting, after all that books something was read."""

    reads = frozenset(name for name, _ in ORDERS)

    def __init__(self, seen: AuditState) -> None:
        super().__init__(SERVICE, seen)
        self._announced: dict[str, Announced] = {}
        self._causes: dict[str, str] = {}
        self._books: dict[str, Books] = {}
        self._exercises: dict[of_exercises.Key, ExerciseAudit] = {}
        self._ledgers = Ledgers(SERVICE.parameters)

    @property
    def collections(self) -> Sequence[Order]:
        """Books and closings, entries in the order of numbering, rights, then all others."""
        if self.seen.scope.exercise:
            return ORDERS[:-1]
        ordered = {name for name, _ in ORDERS}
        return [*ORDERS, *((name, ()) for name in self.models if name not in ordered)]

    def where(self, collection: str) -> dict[str, Any]:
        """Return which states are read: those of the Caf, of the exercise."""
        scope = self.seen.scope
        of_caf = {"caf": scope.caf} if scope.caf else {}
        if scope.exercise and collection in {Closing.collection, Entry.collection}:
            return of_caf | {"exercise": scope.exercise}
        return of_caf

    def record(self, filed: ParsedRecord) -> None:
        """Look at one record; remember it as a cause."""
        super().record(filed)
        if filed.decided:
            message = filed.message or {}
            self._causes[str(message.get("id"))] = str(message.get("type"))

    def published(self, filed: ParsedRecord, said: PublishedEvent) -> None:
        """Look at one event: an entry announced, or the result of a closing."""
        super().published(filed, said)
        exercise = said.data.get("exercise")
        if self.seen.scope.exercise not in {None, exercise}:
            return
        if said.name == "AccountingEntryPosted":
            self._announce(filed, said)
        elif said.name == "ClosingCompleted":
            self._complete(said)

    def remember(self, state: State, found: StoredDocument) -> None:
        """Look at one state."""
        if isinstance(state, Books):
            self._books[state.caf] = state
            for each in state.exercises:
                if self.seen.scope.exercise in {None, each.year}:
                    self._exercise(state.caf, each.year)
        elif isinstance(state, Closing):
            self._exercise(state.caf, state.exercise).closing = state
        elif isinstance(state, Entry):
            self._entry(state, found)
        elif isinstance(state, Grant):
            self._right(state)

    def end(self) -> None:
        """Look at every exercise, and at what has no entry and no right."""
        if self.seen.scope.exercise is None:
            super().end()
            self.tally.note(of_balances.FACTS, self._unkept(), 0)
        for key in sorted(self._exercises):
            exercise = self._exercises[key]
            exercise.books = self._books.get(exercise.caf)
            self.tally.evaluate(of_exercises.CHECKS, exercise)
        self.tally.note(of_entries.ANNOUNCED, self._gone(), 0)
        if self.seen.scope.crosses:
            self.tally.note(of_entries.BOOKED, self._unbooked(), 0)

    def _announce(self, filed: ParsedRecord, said: PublishedEvent) -> None:
        name = str(said.data.get("entry_id"))
        about = f"{said.dossier_id} (Caf {said.caf})"
        if name in self._announced:
            wrong = f"l’écriture {name} est annoncée deux fois"
            self.tally.note(of_entries.ANNOUNCED, [Violation(about, wrong, filed.where)], 0)
        self._announced[name] = Announced(_content(said.data), about)

    def _complete(self, said: PublishedEvent) -> None:
        try:
            event = decode(said.body).data
        except InvalidMessage:
            return  # The hash of the event is held against its receipt: it is told there.
        if isinstance(event, ClosingCompleted):
            self._exercise(event.caf, event.exercise).completed.append(event)
            self.seen.heads[event.caf, event.exercise] = event.head_hash

    def _exercise(self, caf: str, year: int) -> ExerciseAudit:
        return self._exercises.setdefault((caf, year), ExerciseAudit(caf, year))

    def _entry(self, entry: Entry, found: StoredDocument) -> None:
        announced = self._announced.pop(found.id, None)
        expected = self.seen.expected.pop(found.id, None)
        self._exercise(entry.caf, entry.exercise).add(entry)
        self._ledgers.add(entry)
        self.tally.note(of_entries.BOOKED, (), int(expected is not None))
        booked = BookedEntry(
            entry=entry,
            key=found.id,
            books=self._books.get(entry.caf),
            parameters=SERVICE.parameters,
            content=_content(found.document["posted"]),
            published=announced.content if announced else None,
            cause=self._causes.get(entry.posted.cause.id),
            expected=expected,
            crossed=self.seen.scope.crosses,
        )
        self.tally.evaluate(of_entries.CHECKS, booked)

    def _right(self, grant: Grant) -> None:
        books = self._books.get(grant.caf)
        told = self.seen.rights.of(grant.key)
        right = BookedRight(
            grant=grant,
            sums=self._ledgers.by_key.pop(grant.key, Sums(grant.caf)),
            told=told,
            closed_after=bool(books and books.exercise(grant.start_year + 1).status == "closed"),
            crossed=self.seen.scope.crosses and grant.dossier_id not in self.seen.moving,
        )
        if told:
            told.known = True
        self.tally.evaluate(of_balances.CHECKS, right)

    def _gone(self) -> Iterator[Violation]:
        for name, announced in self._announced.items():
            wrong = "une écriture annoncée n’est plus dans les livres"
            yield Violation(announced.about, wrong, f"accounting, entries, {name}")

    def _unkept(self) -> Iterator[Violation]:
        """Yield rights that are booked or told, and that accounting does not keep."""
        for key, sums in self._ledgers.by_key.items():
            dossier_id = key.rpartition("|")[0]
            yield of_balances.not_stored(key, f"{dossier_id} (Caf {sums.caf})")
        for told in self.seen.rights.dossiers():
            if not told.known and told.dossier_id not in self.seen.moving:
                key = f"{told.dossier_id}|{told.school_year}"
                if key not in self._ledgers.by_key:
                    yield of_balances.not_stored(key, f"{told.dossier_id} (Caf {told.caf})")

    def _unbooked(self) -> Iterator[Violation]:
        for expected in self.seen.expected.values():
            if expected.needed and expected.dossier_id not in self.seen.moving:
                yield of_entries.unbooked(expected)


def _content(posted: Any) -> bytes:
    """Return the hash of an entry's content, whatever the order of its fields."""
    return digest(orjson.dumps(posted, default=str, option=orjson.OPT_SORT_KEYS).decode())
