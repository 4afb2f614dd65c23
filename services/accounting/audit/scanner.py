"""The scanner of accounting: entries, exercises, and the grant of every right."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import orjson

from services.accounting.audit import balances, entries, exercises
from services.accounting.audit.balances import RightAudit
from services.accounting.audit.entries import EntryAudit
from services.accounting.audit.exercises import ExerciseAudit
from services.accounting.audit.totals import LedgerTotals
from services.accounting.domain.books import Books
from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from services.accounting.domain.funding_events import RANK_OF_GRANT
from services.accounting.domain.grant_values import Parts
from services.accounting.domain.grants import Grant, grant_key
from services.accounting.service import SERVICE
from shared.audit import export_batches
from shared.audit.findings import Violation
from shared.audit.records import ParsedRecord, PublishedEvent, data_of
from shared.audit.scanner import AuditState, ReadOrder, ServiceScanner
from shared.audit.states import digest
from shared.contracts.accounting import ClosingCompleted
from shared.contracts.funding import FundingAmended, FundingGranted
from shared.contracts.registry import BY_NAME
from shared.kernel.decision import State, StoredState

READ_ORDERS: Sequence[ReadOrder] = (
    (Books, ()),
    (Closing, ()),
    (Entry, ("caf", "exercise", "place")),
    (Grant, ("caf", "start_year")),
)


GRANTED = {BY_NAME[name].type for name in ("FundingGranted", "FundingAmended")}


class Announced(NamedTuple):
    """An entry as its event published it: the digest of its content, and its subject."""

    content: bytes
    subject: str


class AccountingScanner(ServiceScanner):
    """Checks accounting, after funding was read."""

    checks = (
        *ServiceScanner.checks,
        *entries.CHECKS,
        *balances.CHECKS,
        *exercises.CHECKS,
        *export_batches.CHECKS,
    )
    parsed_models = frozenset(model for model, _ in READ_ORDERS)

    def __init__(self, audit: AuditState) -> None:
        super().__init__(SERVICE, audit)
        self._announced: dict[str, Announced] = {}
        self._causes: dict[str, str] = {}
        self._books: dict[str, Books] = {}
        self._parts: dict[str, tuple[int, Parts]] = {}
        self._exercises: dict[exercises.Key, ExerciseAudit] = {}
        self._totals: defaultdict[str, LedgerTotals] = defaultdict(LedgerTotals)

    @property
    def read_orders(self) -> Sequence[ReadOrder]:
        """Books and closings, entries in the order of numbering, rights, then all others."""
        if self.audit.scope.exercise:
            return READ_ORDERS[:-1]
        ordered = {model for model, _ in READ_ORDERS}
        return [*READ_ORDERS, *((model, ()) for model in self.models if model not in ordered)]

    def filter_of(self, model: type[State]) -> dict[str, Any]:
        """Select the states of the Caf and of the exercise in scope."""
        scope = self.audit.scope
        of_caf = {"caf": scope.caf} if scope.caf else {}
        if scope.exercise and model in {Closing, Entry}:
            return of_caf | {"exercise": scope.exercise}
        return of_caf

    def scan_record(self, parsed: ParsedRecord) -> None:
        """Check one record, and index it as a cause of entries."""
        super().scan_record(parsed)
        if parsed.decided:
            message = parsed.message or {}
            self._causes[str(message.get("id"))] = str(message.get("type"))
            if parsed.record.type in GRANTED:
                self._add_parts(data_of(parsed.record.body))

    def scan_event(self, parsed: ParsedRecord, event: PublishedEvent) -> None:
        """Check one event: a published entry, or the result of a closing."""
        super().scan_event(parsed, event)
        exercise = event.data.get("exercise")
        if self.audit.scope.exercise not in {None, exercise}:
            return
        if event.name == "AccountingEntryPosted":
            self._add_announced(event)
        elif event.name == "ClosingCompleted":
            self._add_closing(event)

    def scan_state(self, state: State, document: StoredState[Any]) -> None:
        """Check one state."""
        if isinstance(state, Books):
            self._books[state.caf] = state
            for exercise in state.exercises:
                if self.audit.scope.exercise in {None, exercise.year}:
                    self._exercise(state.caf, exercise.year)
        elif isinstance(state, Closing):
            self._exercise(state.caf, state.exercise).closing = state
        elif isinstance(state, Entry):
            self._scan_entry(state, document)
        elif isinstance(state, Grant):
            self._scan_grant(state)

    def finish(self) -> None:
        """Check every exercise, and announced entries that are not stored."""
        if self.audit.scope.exercise is None:
            super().finish()
        for key in sorted(self._exercises):
            exercise = self._exercises[key]
            exercise.books = self._books.get(exercise.caf)
            self.results.evaluate(exercises.CHECKS, exercise)
        self.results.add(entries.ANNOUNCED, self._deleted_entries(), 0)

    def _add_parts(self, data: Any) -> None:
        """Note the parts of a grant, or of an amendment of higher rank."""
        if not isinstance(data, FundingGranted):
            return
        key, rank = (
            grant_key(data),
            data.rank if isinstance(data, FundingAmended) else RANK_OF_GRANT,
        )
        if key not in self._parts or self._parts[key][0] < rank:
            self._parts[key] = (rank, Parts(part_n=data.part_n, part_n1=data.part_n1))

    def _add_announced(self, event: PublishedEvent) -> None:
        name = str(event.data.get("entry_id"))
        subject = f"{event.dossier_id} (Caf {event.caf})"
        if name in self._announced:
            text = f"l’écriture {name} est annoncée deux fois"
            location = f"accounting, entries, {name}"
            self.results.add(entries.ANNOUNCED, [Violation(subject, text, location)], 0)
        self._announced[name] = Announced(_content(event.data), subject)

    def _add_closing(self, event: PublishedEvent) -> None:
        result = data_of(event.body)
        if isinstance(result, ClosingCompleted):
            self._exercise(result.caf, result.exercise).completed.append(result)
            self.audit.closing_heads[result.caf, result.exercise] = result.head_hash

    def _exercise(self, caf: str, year: int) -> ExerciseAudit:
        return self._exercises.setdefault((caf, year), ExerciseAudit(caf, year))

    def _scan_entry(self, entry: Entry, document: StoredState[Any]) -> None:
        announced = self._announced.pop(document.key, None)
        self.audit.entry_keys.add(f"{entry.place}|{document.key}")
        self._exercise(entry.caf, entry.exercise).add(entry)
        right = f"{entry.posted.dossier_id}|{entry.posted.school_year}"
        self._totals[right].add(entry.posted, SERVICE.parameters)
        audit = EntryAudit(
            entry=entry,
            key=document.key,
            books=self._books.get(entry.caf),
            content=_content(document.document["posted"]),
            published=announced.content if announced else None,
            chart=SERVICE.parameters.chart_of(entry.posted.school_year),
            cause=self._causes.get(entry.posted.cause.id),
        )
        self.results.evaluate(entries.CHECKS, audit)

    def _scan_grant(self, grant: Grant) -> None:
        in_transit = grant.dossier_id in self.audit.dossiers_in_transit
        audit = RightAudit(
            grant=grant,
            totals=self._totals[grant.key],
            announced=self._parts.get(grant.key, (0, None))[1],
            closed=self._is_closed(grant.caf, grant.start_year),
            closed_after=self._is_closed(grant.caf, grant.start_year + 1),
            granted=grant.key in self.audit.granted,
            with_funding=self.audit.scope.compares_services and not in_transit,
        )
        self.results.evaluate(balances.CHECKS, audit)

    def _is_closed(self, caf: str, year: int) -> bool:
        books = self._books.get(caf)
        return bool(books and books.exercise(year).status == "closed")

    def _deleted_entries(self) -> Iterator[Violation]:
        for name, announced in self._announced.items():
            text = "une écriture annoncée n’est plus dans les livres"
            yield Violation(announced.subject, text, f"accounting, entries, {name}")


def _content(posted: Any) -> bytes:
    """Return the digest of a posted entry, independent of the order of its fields."""
    return digest(orjson.dumps(posted, default=str, option=orjson.OPT_SORT_KEYS).decode())
