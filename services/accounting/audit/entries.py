"""Checks of one entry: it balances, is indexed as it says, was announced, and has its cause."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.accounting.domain.books import Books
from services.accounting.domain.chart import Account, Chart
from services.accounting.domain.entries import Entry
from shared.audit.findings import CheckRule, Violation, violations_of
from shared.contracts.accounting import EntryLine
from shared.french import euros
from shared.kernel.calendar import start_year
from shared.kernel.decision import derived_id
from shared.kernel.money import total

RESTORE = (
    "l’écriture a été changée après coup : la rétablir depuis une sauvegarde, telle que"
    " l’événement AccountingEntryPosted l’a annoncée"
)
REMOVE = (
    "chercher qui écrit dans la base accounting ; retirer l’écriture si rien ne la fonde,"
    " rétablir sa cause depuis une sauvegarde si elle a disparu"
)


@dataclass(frozen=True, slots=True)
class EntryAudit:
    """A stored entry, the books of its Caf, and its cause.

    `chart` is that of its school year. `content` is the digest of the posted entry, `published`
    that of its event, None without one.
    `cause` is the type of the message that accounting handled under the id of the cause.
    """

    entry: Entry
    key: str
    books: Books | None
    chart: Chart
    content: bytes
    published: bytes | None
    cause: str | None

    @property
    def subject(self) -> str:
        """The dossier, and the Caf."""
        return f"{self.entry.posted.dossier_id} (Caf {self.entry.posted.caf})"

    @property
    def location(self) -> str:
        """Where the entry is stored: exercise, number, id."""
        entry = self.entry
        number = f"n° {entry.sequence}" if entry.sequence else "non validée"
        return f"accounting, entries, exercice {entry.exercise}, {number}, {self.key}"


def _balanced(audit: EntryAudit) -> Iterable[Violation]:
    """Compare debits with credits, class 8 apart; each line has one of the two."""
    lines = audit.entry.posted.lines
    off_balance_sheet = [line for line in lines if line.account.startswith("8")]
    faults = [_imbalance("écriture", lines), _imbalance("classe 8", off_balance_sheet)]
    if not lines:
        faults += ["écriture sans ligne"]
    if any(bool(line.debit) == bool(line.credit) for line in lines):
        faults += ["une ligne n’a pas un débit ou un crédit, et un seul"]
    return violations_of(audit.subject, audit.location, faults)


def _imbalance(label: str, lines: Iterable[EntryLine]) -> str | None:
    sides = [(line.debit, line.credit) for line in lines]
    debit, credit = total(d for d, _ in sides), total(c for _, c in sides)
    if debit == credit:
        return None
    return f"{label} : débit {euros(debit)}, crédit {euros(credit)}"


def _position(audit: EntryAudit) -> Iterable[Violation]:
    """Compare the indexed fields with the posted content, and the exercise with the books."""
    entry, posted = audit.entry, audit.entry.posted
    has_books = audit.books and any(e.year == entry.exercise for e in audit.books.exercises)
    place = f"{posted.period:02}|{posted.booked_on.isoformat()}"
    comparisons = (
        ("identifiant", posted.entry_id, audit.key),
        ("identifiant", posted.entry_id, entry.entry_id),
        ("Caf", posted.caf, entry.caf),
        ("exercice", str(posted.exercise), str(entry.exercise)),
        ("exercice de la date", str(posted.booked_on.year), str(posted.exercise)),
        ("rang", place, entry.place),
    )
    faults = [
        f"{label} attendu {expected}, trouvé {actual}"
        for label, expected, actual in comparisons
        if expected != actual
    ]
    if not has_books:
        faults += [f"les livres de la Caf {entry.caf} n’ont pas d’exercice {entry.exercise}"]
    return violations_of(audit.subject, audit.location, faults)


def _accounts(audit: EntryAudit) -> Iterable[Violation]:
    """Compare each line with the chart: account, origin exercise, statistical code."""
    posted, chart = audit.entry.posted, audit.chart
    first = start_year(posted.school_year)
    years = [year for year in (first, first + 1) if year <= posted.exercise]
    expenses = {(*_account_key(chart.expense(year, posted.exercise)), year) for year in years}
    others = {
        _account_key(account)
        for account in (
            *(chart.accrued_expense, chart.third_party, chart.receivable),
            *(chart.commitment, chart.commitment_contra),
        )
    }
    faults = (_line_fault(line, expenses, others) for line in posted.lines)
    return violations_of(audit.subject, audit.location, faults)


def _account_key(account: Account) -> tuple[str, str]:
    return (account.ledger, account.account)


def _line_fault(
    line: EntryLine, expenses: set[tuple[str, str, int]], others: set[tuple[str, str]]
) -> str | None:
    name = f"{line.ledger} {line.account}"
    if line.origin_exercise is None:
        if (line.ledger, line.account) not in others:
            return f"le compte {name}, sans exercice d’origine, n’est pas du plan"
        return None
    if (line.ledger, line.account, line.origin_exercise) not in expenses:
        return f"le compte {name} n’est pas celui d’une dépense de {line.origin_exercise}"
    return None if line.statistical_code else f"la ligne {name} n’a pas de code statistique"


def _announced(audit: EntryAudit) -> Iterable[Violation]:
    """Compare the content with the event that published it."""
    if audit.published is None:
        text = "aucun événement AccountingEntryPosted ne l’a annoncée"
        yield Violation(audit.subject, text, audit.location)
    elif audit.published != audit.content:
        moved = euros(total(line.debit for line in audit.entry.posted.lines))
        text = f"elle n’est plus ce qui a été annoncé (débit trouvé : {moved})"
        yield Violation(audit.subject, text, audit.location)


def _cause(audit: EntryAudit) -> Iterable[Violation]:
    """Compare the id with the cause, and the cause with the inbox of accounting."""
    posted, faults = audit.entry.posted, []
    cause, right = posted.cause, (posted.dossier_id, posted.school_year)
    if derived_id(cause.id, posted.kind, *right) != audit.key:
        faults += ["son identifiant n’est pas celui que sa cause lui donne"]
    if audit.cause != cause.type:
        faults += [f"sa cause {cause.id} n’est pas dans la boîte de réception"]
    return violations_of(audit.subject, audit.location, faults)


ANNOUNCED = CheckRule(
    "écriture annoncée telle quelle, une fois",
    "écritures annoncées telles quelles, une fois",
    "AccountingEntryPosted",
    "accounting.entries",
    RESTORE,
    _announced,
)
CHECKS: tuple[CheckRule[EntryAudit], ...] = (
    CheckRule(
        "écriture équilibrée",
        "écritures équilibrées",
        "invariant 1, classe 8 à part",
        "accounting.entries",
        RESTORE,
        _balanced,
    ),
    CheckRule(
        "écriture à sa place",
        "écritures à leur place",
        "CPT, livres",
        "accounting.entries",
        RESTORE,
        _position,
    ),
    CheckRule(
        "écriture sur les comptes du plan",
        "écritures sur les comptes du plan",
        "CPT-01 à CPT-04, CPT-09, CPT-10, STA-01",
        "accounting.entries",
        RESTORE,
        _accounts,
    ),
    ANNOUNCED,
    CheckRule(
        "écriture dont la cause est connue",
        "écritures dont la cause est connue",
        "cause, UUID v5",
        "accounting.entries",
        REMOVE,
        _cause,
    ),
)
