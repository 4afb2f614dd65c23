"""Exercises: numbers and chain, totals, the seal of a closing, and what it published."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from services.accounting.domain.books import Books, ExerciseBooks
from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from services.accounting.ledger import AccountBalance, Chain, TrialBalance
from services.accounting.ledger_tables import KINDS
from shared.audit.findings import CheckRule, Violation, unequal, violations
from shared.contracts.accounting import AccountTotal, ClosingCompleted, KindTotal
from shared.french import counted
from shared.kernel.money import ZERO, total

Key = tuple[str, int]
"""Caf and exercise."""
RESTORE = (
    "un exercice clos ne change plus : rétablir ses écritures depuis une sauvegarde ; la tête"
    " publiée par ClosingCompleted fait foi"
)
STATUS = {"open": "ouvert", "closing": "en cours de clôture", "closed": "clos"}


@dataclass(slots=True)
class ExerciseAudit:
    """One exercise, folded entry after entry in the order of numbering.

    `completed` are the results that its closing published: one, once it is closed.
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
    totals: TrialBalance = field(default_factory=TrialBalance)
    kinds: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    chain: Chain | None = None

    def add(self, entry: Entry) -> None:
        """Take in the next entry."""
        self.chain = self.chain or Chain(self.caf, self.year)
        link = self.chain.follow(entry)
        self.count += 1
        self.numbered += entry.sequence is not None
        if entry.sequence is not None and entry.sequence != link.sequence:
            self.misnumbered = [*self.misnumbered, (entry, link.sequence)][:FIRST]
        if self.unlinked is None and entry.sequence is not None and not link.holds(entry):
            self.unlinked = entry
        self.totals.add(entry)
        count, amount = self.kinds.get(entry.posted.kind, (0, ZERO))
        moved = total(line.debit for line in entry.posted.lines)
        self.kinds[entry.posted.kind] = (count + 1, amount + moved)

    @property
    def kept(self) -> ExerciseBooks:
        """What the books say of it."""
        blank = ExerciseBooks(year=self.year)
        return self.books.exercise(self.year) if self.books else blank

    @property
    def closed(self) -> bool:
        """Whether anything says that it is closed: the books, the closing or its result."""
        done = self.closing is not None and self.closing.step == "done"
        return done or self.kept.status == "closed" or bool(self.completed)

    @property
    def head(self) -> str:
        """The head of the chain of its entries, computed again."""
        return (self.chain or Chain(self.caf, self.year)).head

    @property
    def about(self) -> str:
        """Its Caf and its year."""
        return f"Caf {self.caf}, exercice {self.year}"

    @property
    def where(self) -> str:
        """Where its entries are kept."""
        return f"accounting, entries, {self.caf}|{self.year}"


FIRST = 5


def _sequence(exercise: ExerciseAudit) -> Iterable[Violation]:
    """Hold numbers against 1, 2, 3… [invariant 6]; what is not closed has none but its running."""
    for entry, expected in exercise.misnumbered:
        told = f"n° {entry.sequence} trouvé, n° {expected} attendu"
        yield Violation(_of(entry), told, f"{exercise.where}, {entry.entry_id}")
    wrongs = [_numbers(exercise), _last(exercise)]
    yield from violations(exercise.about, exercise.where, wrongs)


def _numbers(exercise: ExerciseAudit) -> str | None:
    if exercise.closed:
        missing = exercise.count - exercise.numbered
        told = counted(missing, "écriture n’est pas validée", "écritures ne sont pas validées")
        return told if missing else None
    running = exercise.closing.sequence if exercise.closing else 0
    if exercise.numbered == running:
        return None
    told = counted(exercise.numbered, "écriture numérotée", "écritures numérotées")
    return f"{told}, {running} attendues"


def _last(exercise: ExerciseAudit) -> str | None:
    closing = exercise.closing
    if not exercise.closed or closing is None or closing.sequence == exercise.count:
        return None
    told = counted(closing.sequence, "écriture validée", "écritures validées")
    return f"{told} par la clôture, {exercise.count} dans les livres"


def _linked(exercise: ExerciseAudit) -> Iterable[Violation]:
    """Hold each link against the one computed again."""
    entry = exercise.unlinked
    if entry is not None:
        told = f"la chaîne d’empreintes se rompt à l’écriture n° {entry.sequence}"
        yield Violation(_of(entry), told, f"{exercise.where}, {entry.entry_id}")


def _sealed(exercise: ExerciseAudit) -> Iterable[Violation]:
    """Hold books, closing and published result against each other, and the heads."""
    wrongs = [_status(exercise), *_results(exercise), *_heads(exercise)]
    return violations(exercise.about, exercise.where, wrongs)


def _status(exercise: ExerciseAudit) -> str | None:
    step = exercise.closing.step if exercise.closing else None
    expected = {None: "open", "done": "closed"}.get(step, "closing")
    if exercise.kept.status == expected:
        return None
    found, wanted = STATUS[exercise.kept.status], STATUS[expected]
    return f"les livres le disent {found}, sa clôture le dit {wanted}"


def _results(exercise: ExerciseAudit) -> Iterator[str]:
    done = exercise.closing is not None and exercise.closing.step == "done"
    if len(exercise.completed) != int(done):
        yield f"{len(exercise.completed)} ClosingCompleted publiés, {int(done)} attendus"


def _heads(exercise: ExerciseAudit) -> Iterator[str]:
    if not exercise.closed:
        return
    heads = [("la tête de la clôture", exercise.closing.head_hash)] if exercise.closing else []
    heads += [("la tête publiée", each.head_hash) for each in exercise.completed]
    for what, head in heads:
        if head != exercise.head:
            yield f"{what} est {head[:12]}…, celle des écritures {exercise.head[:12]}…"


def _summed(exercise: ExerciseAudit) -> Iterable[Violation]:
    """Hold the totals of the closing, kept and published, against the sum of the entries."""
    wrongs: list[str | None] = []
    sums: list[tuple[str, Any]] = [("publiée", each) for each in exercise.completed]
    if exercise.closing:
        sums += [("de la clôture", exercise.closing)]
    for what, held in sums:
        wrongs += _accounts(what, held.trial_balance, exercise.totals.rows())
        wrongs += _kinds(what, held.totals, exercise.kinds)
        last = getattr(held, "last_sequence", exercise.count)
        wrongs += [f"dernier numéro publié {last}"] if last != exercise.count else []
    return violations(exercise.about, exercise.where, wrongs)


def _accounts(
    what: str, held: tuple[AccountTotal, ...], rows: list[AccountBalance]
) -> Iterator[str | None]:
    kept = {f"{each.ledger} {each.account}": (each.debit, each.credit) for each in held}
    now = {row.account: (row.debit, row.credit) for row in rows}
    for account in sorted({*kept, *now}):
        one, other = kept.get(account, (ZERO, ZERO)), now.get(account, (ZERO, ZERO))
        yield unequal(f"balance {what}, débit du compte {account}", one[0], other[0])
        yield unequal(f"balance {what}, crédit du compte {account}", one[1], other[1])


def _kinds(
    what: str, held: tuple[KindTotal, ...], kinds: dict[str, tuple[int, Decimal]]
) -> Iterator[str]:
    kept = {each.kind: (each.count, each.amount) for each in held}
    for kind in sorted({*kept, *kinds}):
        if kept.get(kind) != kinds.get(kind):  # type: ignore[call-overload]
            named = KINDS.get(kind, kind)
            yield f"somme {what} des écritures « {named} » : les livres en donnent une autre"


def _of(entry: Entry) -> str:
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
        _sequence,
        RESTORE,
    ),
    CheckRule(
        "exercice dont la chaîne d’empreintes se suit",
        "exercices dont la chaîne d’empreintes se suit",
        "validation",
        _linked,
        RESTORE,
        _is_validated,
    ),
    CheckRule(
        "exercice scellé comme sa clôture l’a publié",
        "exercices scellés comme leur clôture l’a publié",
        "ClosingCompleted",
        _sealed,
        RESTORE,
    ),
    CheckRule(
        "exercice clos dont les totaux sont la somme des écritures",
        "exercices clos dont les totaux sont la somme des écritures",
        "invariant 6, balance",
        _summed,
        RESTORE,
        _is_closed,
    ),
)
