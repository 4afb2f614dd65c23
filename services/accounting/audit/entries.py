"""Entries, one by one: balanced, in their place, on the right accounts, announced, with a cause."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from services.accounting.domain.books import Books
from services.accounting.domain.chart import Account, Parameters
from services.accounting.domain.entries import Entry
from shared.audit.expected_entries import ExpectedEntry, entry_id
from shared.audit.findings import CheckRule, Violation, no_violations, unequal, violations
from shared.contracts.accounting import EntryLine
from shared.french import euros
from shared.kernel.calendar import start_year
from shared.kernel.money import ZERO, total

RESTORE = (
    "l’écriture a été changée après coup : la rétablir depuis une sauvegarde, telle que"
    " l’événement AccountingEntryPosted l’a annoncée"
)
REMOVE = (
    "chercher qui écrit dans la base accounting ; retirer l’écriture si rien ne la fonde,"
    " rétablir sa cause depuis une sauvegarde si elle a disparu"
)
YEAR_END = {"accrual": (13,), "commitment": (13,), "commitment_reversal": (12,)}


@dataclass(frozen=True, slots=True)
class BookedEntry:
    """An entry as it is kept, the books of its Caf, and what is known of its cause.

    `published`: the hash of the content that was announced, None where nothing was.
    `cause`: the type of the message that accounting handled under the cause's id.
    `expected`: the entry that the event of funding should have; `crossed`: funding was read.
    """

    entry: Entry
    key: str
    books: Books | None
    parameters: Parameters
    content: bytes
    published: bytes | None
    cause: str | None
    expected: ExpectedEntry | None = None
    crossed: bool = False

    @property
    def about(self) -> str:
        """The dossier, and the Caf."""
        return f"{self.entry.posted.dossier_id} (Caf {self.entry.posted.caf})"

    @property
    def where(self) -> str:
        """Where it is kept: its exercise, its number, its id."""
        entry = self.entry
        number = f"n° {entry.sequence}" if entry.sequence else "non validée"
        return f"accounting, entries, exercice {entry.exercise}, {number}, {self.key}"


def _balanced(booked: BookedEntry) -> Iterable[Violation]:
    """Hold debits against credits, class 8 by itself, and one side a line."""
    lines = booked.entry.posted.lines
    off = [line for line in lines if line.account.startswith("8")]
    wrongs = [_unbalanced("écriture", lines), _unbalanced("classe 8", off)]
    if not lines:
        wrongs += ["écriture sans ligne"]
    if any(bool(line.debit) == bool(line.credit) for line in lines):
        wrongs += ["une ligne n’a pas un débit ou un crédit, et un seul"]
    return violations(booked.about, booked.where, wrongs)


def _unbalanced(what: str, lines: Iterable[EntryLine]) -> str | None:
    all_lines = list(lines)
    debit, credit = total(e.debit for e in all_lines), total(e.credit for e in all_lines)
    if debit == credit:
        return None
    return f"{what} : débit {euros(debit)}, crédit {euros(credit)}"


def _placed(booked: BookedEntry) -> Iterable[Violation]:
    """Hold what the store finds an entry by against its content, and its exercise against books."""
    entry, posted = booked.entry, booked.entry.posted
    named = booked.books and any(e.year == entry.exercise for e in booked.books.exercises)
    place = f"{posted.period:02}|{posted.booked_on.isoformat()}"
    periods = YEAR_END.get(posted.kind, (posted.booked_on.month,))
    pairs = (
        ("identifiant", posted.entry_id, booked.key),
        ("identifiant", posted.entry_id, entry.entry_id),
        ("Caf", posted.caf, entry.caf),
        ("exercice", str(posted.exercise), str(entry.exercise)),
        ("exercice de la date", str(posted.booked_on.year), str(posted.exercise)),
        ("rang", place, entry.place),
        ("période", str(periods[0]), str(posted.period)),
    )
    wrongs = [f"{what} attendu {one}, trouvé {two}" for what, one, two in pairs if one != two]
    if not named:
        wrongs += [f"les livres de la Caf {entry.caf} n’ont pas d’exercice {entry.exercise}"]
    return violations(booked.about, booked.where, wrongs)


def _accounts(booked: BookedEntry) -> Iterable[Violation]:
    """Hold each line against the chart: its account, its origin, its statistical code."""
    posted = booked.entry.posted
    chart, first = booked.parameters.chart_of(posted.school_year), start_year(posted.school_year)
    years = [year for year in (first, first + 1) if year <= posted.exercise]
    expenses = {(*_named(chart.expense(year, posted.exercise)), year) for year in years}
    others = {_named(each) for each in (chart.accrued_expense, chart.third_party, chart.receivable)}
    others |= {_named(each) for each in (chart.commitment, chart.commitment_contra)}
    wrongs = (_line(line, expenses, others) for line in posted.lines)
    return violations(booked.about, booked.where, wrongs)


def _named(account: Account) -> tuple[str, str]:
    return (account.ledger, account.account)


def _line(
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


def _announced(booked: BookedEntry) -> Iterable[Violation]:
    """Hold the content against the event that announced it."""
    if booked.published is None:
        wrong = "aucun événement AccountingEntryPosted ne l’a annoncée"
        yield Violation(booked.about, wrong, booked.where)
    elif booked.published != booked.content:
        moved = euros(total(line.debit for line in booked.entry.posted.lines))
        wrong = f"elle n’est plus ce qui a été annoncé (débit trouvé : {moved})"
        yield Violation(booked.about, wrong, booked.where)


def _caused(booked: BookedEntry) -> Iterable[Violation]:
    """Hold the id against the cause, and the cause against what accounting handled."""
    posted, wrongs = booked.entry.posted, []
    own = entry_id(posted.cause.id, posted.kind, posted.dossier_id, posted.school_year)
    if own != booked.key:
        wrongs += ["son identifiant n’est pas celui que sa cause lui donne"]
    if booked.cause != posted.cause.type:
        wrongs += [f"sa cause {posted.cause.id} n’est pas dans la boîte de réception"]
    elif booked.crossed and not booked.cause.endswith("ExerciseClosed.v1") and not booked.expected:
        wrongs += [f"sa cause {posted.cause.id} n’est pas dans la boîte d’envoi de funding"]
    return violations(booked.about, booked.where, wrongs)


def _amounts(booked: BookedEntry) -> Iterable[Violation]:
    """Hold what is paid and asked back against the amounts of the event."""
    expected, posted = booked.expected, booked.entry.posted
    if expected is None:
        return ()
    chart = booked.parameters.chart_of(posted.school_year)
    paid = net(posted.lines, chart.third_party)
    asked_back = net(posted.lines, chart.receivable)
    wrongs = [
        unequal(f"tiers, {expected.event}", expected.nets.third_party, paid),
        unequal(f"indus, {expected.event}", expected.nets.receivable, asked_back),
    ]
    return violations(booked.about, booked.where, wrongs)


def net(lines: Iterable[EntryLine], account: Account) -> Decimal:
    """Return debit less credit of an account, in euros."""
    own = (line for line in lines if (line.ledger, line.account) == _named(account))
    return sum((line.debit - line.credit for line in own), start=ZERO)


def _has_event(booked: BookedEntry) -> bool:
    return booked.expected is not None


def unbooked(expected: ExpectedEntry) -> Violation:
    """Return the breach of an event of funding that has no entry."""
    moved = euros(abs(expected.nets.third_party) + expected.nets.receivable)
    wrong = f"{expected.event} {expected.event_id} de {moved} n’a pas d’écriture"
    about = f"{expected.dossier_id} (Caf {expected.caf})"
    return Violation(about, wrong, f"accounting, entries, {expected.entry_id}")


BALANCED = CheckRule(
    "écriture équilibrée",
    "écritures équilibrées",
    "invariant 1, classe 8 à part",
    _balanced,
    RESTORE,
)
ANNOUNCED = CheckRule(
    "écriture annoncée telle quelle, une fois",
    "écritures annoncées telles quelles, une fois",
    "AccountingEntryPosted",
    _announced,
    RESTORE,
)
CHECKS: tuple[CheckRule[BookedEntry], ...] = (
    BALANCED,
    CheckRule("écriture à sa place", "écritures à leur place", "CPT, livres", _placed, RESTORE),
    CheckRule(
        "écriture sur les comptes du plan",
        "écritures sur les comptes du plan",
        "CPT-01 à CPT-04, CPT-09, CPT-10, STA-01",
        _accounts,
        RESTORE,
    ),
    ANNOUNCED,
    CheckRule(
        "écriture dont la cause est connue",
        "écritures dont la cause est connue",
        "cause, UUID v5",
        _caused,
        REMOVE,
    ),
    CheckRule(
        "écriture au montant de son événement",
        "écritures au montant de leur événement",
        "CPT-05",
        _amounts,
        RESTORE,
        _has_event,
    ),
)
BOOKED: CheckRule[ExpectedEntry] = CheckRule(
    "événement de financement comptabilisé",
    "événements de financement comptabilisés",
    "AdvanceGranted, AdvanceReversed, BalanceSettled, FundingCancelled, AdjustmentDecided",
    no_violations,
    "l’écriture manque : la rétablir depuis une sauvegarde ; si l’événement n’a jamais été traité,"
    " le publier de nouveau",
)
