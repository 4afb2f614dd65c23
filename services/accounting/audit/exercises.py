"""Checks of one exercise: numbers, hash chain, totals, and the result of its closing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from services.accounting.domain.books import STATUS_LABELS, Books, ExerciseBooks, Status
from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from services.accounting.domain.totals import Totals
from services.accounting.exercise import Chain
from shared.audit.findings import CheckRule, Violation, amount_difference, violations_of
from shared.contracts.accounting import AccountTotal, ClosingCompleted, KindTotal
from shared.contracts.labels import ENTRY_KINDS
from shared.french import counted
from shared.kernel.money import ZERO

Key = tuple[str, int]
"""Caf and exercise."""
RESTORE = (
    "un exercice clos ne change plus : rétablir ses écritures depuis une sauvegarde ; la tête"
    " publiée par ClosingCompleted fait foi"
)


@dataclass(slots=True)
class ExerciseAudit:
    """One exercise, built up from its entries in the order of numbering.

    `completed` are the results that its closing published: exactly one when it is closed.
    `misnumbered` are entries with the expected number; `unlinked` is the first broken link.
    """

    caf: str
    year: int
    books: Books | None = None
    closing: Closing | None = None
    completed: list[ClosingCompleted] = field(default_factory=list)
    count: int = 0
    numbered: int = 0
    misnumbered: list[tuple[Entry, int]] = field(default_factory=list)
    unlinked: Entry | None = None
    totals: Totals = field(default_factory=Totals)
    chain: Chain | None = None

    def add(self, entry: Entry) -> None:
        """Add the next entry."""
        self.chain = self.chain or Chain(self.caf, self.year)
        link = self.chain.follow(entry)
        self.count += 1
        self.numbered += entry.sequence is not None
        if entry.sequence is not None and entry.sequence != link.sequence:
            self.misnumbered = [*self.misnumbered, (entry, link.sequence)][:MISNUMBERED_LISTED]
        if self.unlinked is None and entry.sequence is not None and not link.holds(entry):
            self.unlinked = entry
        self.totals.add(entry.posted)

    @property
    def exercise_books(self) -> ExerciseBooks:
        """The books of the exercise, empty ones where there are none."""
        empty = ExerciseBooks(year=self.year)
        return self.books.exercise(self.year) if self.books else empty

    @property
    def closed(self) -> bool:
        """Whether the books, the closing or its result are those of a closed exercise."""
        done = self.closing is not None and self.closing.is_done
        return done or self.exercise_books.status == "closed" or bool(self.completed)

    @property
    def head(self) -> str:
        """The head of the hash chain, recomputed from the entries."""
        return (self.chain or Chain(self.caf, self.year)).head

    @property
    def subject(self) -> str:
        """The Caf and the year."""
        return f"Caf {self.caf}, exercice {self.year}"

    @property
    def location(self) -> str:
        """Where the entries are stored."""
        return f"accounting, entries, {self.caf}|{self.year}"


MISNUMBERED_LISTED = 5
"""Wrong numbers that are listed for one exercise."""


def _sequence(exercise: ExerciseAudit) -> Iterable[Violation]:
    """Compare numbers with 1, 2, 3… [invariant 6]; before a closing none, during it the first."""
    for entry, expected in exercise.misnumbered:
        text = f"n° {entry.sequence} trouvé, n° {expected} attendu"
        yield Violation(_entry_subject(entry), text, f"{exercise.location}, {entry.entry_id}")
    faults = [_unnumbered(exercise), _last_number(exercise)]
    yield from violations_of(exercise.subject, exercise.location, faults)


def _unnumbered(exercise: ExerciseAudit) -> str | None:
    if exercise.closed:
        missing = exercise.count - exercise.numbered
        text = counted(missing, "écriture n’est pas validée", "écritures ne sont pas validées")
        return text if missing else None
    running = exercise.closing.sequence if exercise.closing else 0
    if exercise.numbered == running:
        return None
    text = counted(exercise.numbered, "écriture numérotée", "écritures numérotées")
    return f"{text}, {running} attendues"


def _last_number(exercise: ExerciseAudit) -> str | None:
    closing = exercise.closing
    if not exercise.closed or closing is None or closing.sequence == exercise.count:
        return None
    text = counted(closing.sequence, "écriture validée", "écritures validées")
    return f"{text} par la clôture, {exercise.count} dans les livres"


def _chain(exercise: ExerciseAudit) -> Iterable[Violation]:
    """Compare each link of the hash chain with the recomputed one."""
    entry = exercise.unlinked
    if entry is not None:
        text = f"la chaîne d’empreintes se rompt à l’écriture n° {entry.sequence}"
        yield Violation(_entry_subject(entry), text, f"{exercise.location}, {entry.entry_id}")


def _seal(exercise: ExerciseAudit) -> Iterable[Violation]:
    """Compare books, closing and published result, and their chain heads."""
    faults = [_status(exercise), *_results(exercise), *_heads(exercise)]
    return violations_of(exercise.subject, exercise.location, faults)


def _status(exercise: ExerciseAudit) -> str | None:
    expected: Status = "open"
    if exercise.closing:
        expected = "closed" if exercise.closing.step == "done" else "closing"
    if exercise.exercise_books.status == expected:
        return None
    actual, required = STATUS_LABELS[exercise.exercise_books.status], STATUS_LABELS[expected]
    return f"les livres le disent {actual}, sa clôture le dit {required}"


def _results(exercise: ExerciseAudit) -> Iterator[str]:
    done = exercise.closing is not None and exercise.closing.is_done
    if len(exercise.completed) != int(done):
        yield f"{len(exercise.completed)} ClosingCompleted publiés, {int(done)} attendus"


def _heads(exercise: ExerciseAudit) -> Iterator[str]:
    if not exercise.closed:
        return
    heads = [("la tête de la clôture", exercise.closing.head_hash)] if exercise.closing else []
    heads += [("la tête publiée", result.head_hash) for result in exercise.completed]
    for label, head in heads:
        if head != exercise.head:
            yield f"{label} est {head[:12]}…, celle des écritures {exercise.head[:12]}…"


def _totals(exercise: ExerciseAudit) -> Iterable[Violation]:
    """Compare the totals of the closing, stored and published, with the sums of the entries."""
    faults: list[str | None] = []
    closings: list[tuple[str, Any]] = [("publiée", result) for result in exercise.completed]
    if exercise.closing:
        closings += [("de la clôture", exercise.closing)]
    for label, closing in closings:
        faults += _accounts(label, closing.trial_balance, exercise.totals.trial_balance)
        faults += _kinds(label, closing.totals, exercise.totals.by_kind)
        last = getattr(closing, "last_sequence", exercise.count)
        faults += [f"dernier numéro publié {last}"] if last != exercise.count else []
    return violations_of(exercise.subject, exercise.location, faults)


def _accounts(
    label: str, accounts: tuple[AccountTotal, ...], rows: tuple[AccountTotal, ...]
) -> Iterator[str | None]:
    of_closing = {f"{a.ledger} {a.account}": (a.debit, a.credit) for a in accounts}
    of_entries = {f"{row.ledger} {row.account}": (row.debit, row.credit) for row in rows}
    for account in sorted({*of_closing, *of_entries}):
        one, other = (sums.get(account, (ZERO, ZERO)) for sums in (of_closing, of_entries))
        yield amount_difference(f"balance {label}, débit du compte {account}", one[0], other[0])
        yield amount_difference(f"balance {label}, crédit du compte {account}", one[1], other[1])


def _kinds(
    label: str, totals: tuple[KindTotal, ...], kinds: tuple[KindTotal, ...]
) -> Iterator[str]:
    of_closing = {row.kind: row for row in totals}
    of_entries = {row.kind: row for row in kinds}
    for kind in sorted({*of_closing, *of_entries}):
        if of_closing.get(kind) != of_entries.get(kind):
            name = ENTRY_KINDS[kind]
            yield f"somme {label} des écritures « {name} » : les livres en donnent une autre"


def _entry_subject(entry: Entry) -> str:
    return f"{entry.posted.dossier_id} (Caf {entry.caf}, exercice {entry.exercise})"


def _is_validated(exercise: ExerciseAudit) -> bool:
    return exercise.closed or exercise.numbered > 0


def _is_closed(exercise: ExerciseAudit) -> bool:
    return exercise.closed


CHECKS: tuple[CheckRule[ExerciseAudit], ...] = (
    CheckRule(
        "exercice numéroté sans trou ni double",
        "exercices numérotés sans trou ni double",
        "invariant 6",
        "accounting.entries",
        RESTORE,
        _sequence,
    ),
    CheckRule(
        "exercice dont la chaîne d’empreintes se suit",
        "exercices dont la chaîne d’empreintes se suit",
        "validation",
        "accounting.entries",
        RESTORE,
        _chain,
        _is_validated,
    ),
    CheckRule(
        "exercice scellé comme sa clôture l’a publié",
        "exercices scellés comme leur clôture l’a publié",
        "ClosingCompleted",
        "accounting.entries",
        RESTORE,
        _seal,
    ),
    CheckRule(
        "exercice clos dont les totaux sont la somme des écritures",
        "exercices clos dont les totaux sont la somme des écritures",
        "invariant 6, balance",
        "accounting.entries",
        RESTORE,
        _totals,
        _is_closed,
    ),
)
