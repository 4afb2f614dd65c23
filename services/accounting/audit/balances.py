"""Sums of entries against balances: each right as accounting keeps it, as booked, as told."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from services.accounting.audit.entries import net
from services.accounting.domain.chart import Parameters
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from shared.audit.findings import CheckRule, Violation, unequal, violations
from shared.audit.rights import NOTHING, Right
from shared.contracts.accounting import AccountingEntryPosted
from shared.kernel.money import ZERO, total

RESTORE = (
    "rétablir depuis une sauvegarde l’écriture ou l’état de ce droit qui a changé ; `clas dossier"
    " DOSSIER` dit ce qui a été décidé et comptabilisé"
)


@dataclass(slots=True)
class Sums:
    """What the entries of one right moved, debit positive, in euros."""

    caf: str
    accrued: Decimal = ZERO
    commitment: Decimal = ZERO
    contra: Decimal = ZERO
    advanced: Decimal = ZERO
    expense: defaultdict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    kinds: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, posted: AccountingEntryPosted, parameters: Parameters) -> None:
        """Take in one entry."""
        chart = parameters.chart_of(posted.school_year)
        self.accrued += net(posted.lines, chart.accrued_expense)
        self.commitment += net(posted.lines, chart.commitment)
        self.contra += net(posted.lines, chart.commitment_contra)
        if posted.kind in {"advance", "advance_reversal"}:
            self.advanced -= net(posted.lines, chart.third_party)
        self.kinds[posted.kind] += total(line.debit for line in posted.lines)
        for line in posted.lines:
            if line.origin_exercise is not None:
                self.expense[line.origin_exercise] += line.debit - line.credit


class Ledgers:
    """The sums of every right, by the id that services give it."""

    def __init__(self, parameters: Parameters) -> None:
        self.by_key: dict[str, Sums] = {}
        self._parameters = parameters

    def add(self, entry: Entry) -> None:
        """Take in one entry."""
        posted = entry.posted
        key = f"{posted.dossier_id}|{posted.school_year}"
        sums = self.by_key.get(key)
        if sums is None:
            sums = self.by_key[key] = Sums(posted.caf)
        sums.add(posted, self._parameters)


@dataclass(frozen=True, slots=True)
class BookedRight:
    """A right as accounting keeps it; what its entries moved; what funding told of it.

    `closed_after`: exercise N + 1 is closed. `crossed`: funding was read, nothing is on its way.
    """

    grant: Grant
    sums: Sums
    told: Right | None
    closed_after: bool
    crossed: bool

    @property
    def about(self) -> str:
        """The dossier, and the Caf."""
        return f"{self.grant.dossier_id} (Caf {self.grant.caf})"

    @property
    def where(self) -> str:
        """Where it is kept."""
        return f"accounting, grants, {self.grant.key}"

    @property
    def advanced(self) -> Decimal:
        """The advances that stand, as accounting keeps them, in euros."""
        grant = self.grant
        return total(each.amount for each in grant.advances if grant.stands(each))


def _advances(right: BookedRight) -> Iterable[Violation]:
    """Hold advances kept against their entries."""
    wrongs = [unequal("acomptes, écritures et état", right.advanced, right.sums.advanced)]
    return violations(right.about, right.where, wrongs)


def _accruals(right: BookedRight) -> Iterable[Violation]:
    """Hold the accrual left against its account: zero once settled [invariant 3]."""
    grant, sums = right.grant, right.sums
    wrongs = [
        unequal("charge à payer au 408143111", grant.accrual_left, -sums.accrued),
        unequal("charge à payer constatée", grant.accrued, sums.kinds["accrual"]),
    ]
    return violations(right.about, right.where, wrongs)


def _commitments(right: BookedRight) -> Iterable[Violation]:
    """Hold the commitment left against class 8: zero once N + 1 is closed [invariant 2]."""
    grant, sums = right.grant, right.sums
    reversed_ = grant.committed - grant.commitment_left
    wrongs = [
        unequal("engagement au 8091", grant.commitment_left, sums.contra),
        unequal("engagement au 80182", grant.commitment_left, -sums.commitment),
        unequal("engagement donné", grant.committed, sums.kinds["commitment"]),
        unequal("engagement contrepassé", reversed_, sums.kinds["commitment_reversal"]),
    ]
    if right.closed_after:
        wrongs += [unequal("engagement après la clôture de N+1", ZERO, sums.contra)]
    return violations(right.about, right.where, wrongs)


def _expenses(right: BookedRight) -> Iterable[Violation]:
    """Hold the expense of each origin against what is due, or paid and accrued [invariant 4]."""
    start, grant = right.grant.start_year, right.grant
    expected = _settled(right) if grant.settlement else _so_far(right)
    years = sorted({start, start + 1, *right.sums.expense})
    wrongs = (
        unequal(f"dépense d’origine {year}", expected.get(year, ZERO), right.sums.expense[year])
        for year in years
    )
    return violations(right.about, right.where, wrongs)


def _settled(right: BookedRight) -> dict[int, Decimal]:
    """Return what was due in the end by origin, with what controls changed."""
    settlement, start = right.grant.settlement, right.grant.start_year
    assert settlement is not None
    first, second = right.told.controlled if right.told else (ZERO, ZERO)
    return {
        start: settlement.part_n + first,
        start + 1: settlement.part_n1 + settlement.bonus + second,
    }


def _so_far(right: BookedRight) -> dict[int, Decimal]:
    """Return the advances that stand by origin, and for N what is left of the accrual."""
    grant, expected = right.grant, defaultdict[int, Decimal](Decimal)
    expected[grant.start_year] += grant.accrual_left
    for advance in grant.advances:
        if grant.stands(advance):
            expected[advance.origin] += advance.amount
    first, second = right.told.controlled if right.told else (ZERO, ZERO)
    expected[grant.start_year] += first
    expected[grant.start_year + 1] += second
    return expected


def _facts(right: BookedRight) -> Iterable[Violation]:
    """Hold what accounting knows of a right against what funding told."""
    if right.told is None:
        wrong = "accounting connaît ce droit, aucun événement de funding ne l’a annoncé"
        return (Violation(right.about, wrong, right.where),)
    wrongs = (*_paid(right.grant, right.told), *_final(right.grant, right.told))
    return violations(right.about, right.where, wrongs)


def _paid(grant: Grant, told: Right) -> Iterator[str | None]:
    kept = {each.order_id: each.amount for each in grant.advances}
    orders = {order: amount for order, (_, amount) in told.advances.items()}
    yield from _each("acompte", orders, kept)
    back = {each.order_id: each.amount for each in grant.reversals}
    yield from _each("annulation de l’acompte", told.reversals, back)
    controls = {control: first + second for control, (first, second) in told.controls.items()}
    changed = {each.control_id: each.amount for each in grant.adjustments}
    yield from _each("contrôle", controls, changed)


def _final(grant: Grant, told: Right) -> Iterator[str | None]:
    if told.rank >= 0:
        forecast, parts = told.forecast, grant.parts
        yield unequal("part N prévue", forecast.part_n, parts.part_n if parts else ZERO)
        yield unequal("part N+1 prévue", forecast.part_n1, parts.part_n1 if parts else ZERO)
    if (told.settled is None) != (grant.settlement is None):
        yield "soldé d’un côté, non soldé de l’autre"
    if grant.settlement:
        due, kept = told.settled or NOTHING, grant.settlement
        yield unequal("part N soldée", due.part_n, kept.part_n)
        yield unequal("part N+1 soldée", due.part_n1, kept.part_n1)
        yield unequal("bonus soldé", due.bonus, kept.bonus)


def _each(what: str, told: dict[str, Decimal], kept: dict[str, Decimal]) -> Iterator[str | None]:
    for name in sorted({*told, *kept}):
        if name not in kept:
            yield f"{what} {name} annoncé, absent de l’état"
        elif name not in told:
            yield f"{what} {name} dans l’état, jamais annoncé"
        else:
            yield unequal(f"{what} {name}", told[name], kept[name])


def _granted(right: BookedRight) -> Iterable[Violation]:
    """Book nothing without a grant [invariant 5]."""
    if any(right.sums.kinds.values()) and (right.told is None or right.told.rank < 0):
        yield Violation(right.about, "comptabilisé sans droit accordé", right.where)


def _crossed(right: BookedRight) -> bool:
    return right.crossed


def not_stored(key: str, about: str) -> Violation:
    """Return the breach of a right that has entries or events, and no state in accounting."""
    wrong = "des écritures ou des événements portent sur ce droit, accounting n’en garde rien"
    return Violation(about, wrong, f"accounting, grants, {key}")


FACTS = CheckRule(
    "droit que la comptabilité connaît tel qu’il a été annoncé",
    "droits que la comptabilité connaît tels qu’ils ont été annoncés",
    "événements de funding",
    _facts,
    RESTORE,
    _crossed,
)
CHECKS: tuple[CheckRule[BookedRight], ...] = (
    FACTS,
    CheckRule(
        "droit comptabilisé après avoir été accordé",
        "droits comptabilisés après avoir été accordés",
        "invariant 5",
        _granted,
        RESTORE,
        _crossed,
    ),
    CheckRule(
        "droit dont les écritures d’acompte sont les acomptes versés",
        "droits dont les écritures d’acompte sont les acomptes versés",
        "ACO",
        _advances,
        RESTORE,
    ),
    CheckRule(
        "droit dont la charge à payer est apurée au solde",
        "droits dont la charge à payer est apurée au solde",
        "invariant 3",
        _accruals,
        RESTORE,
    ),
    CheckRule(
        "droit dont l’engagement est contrepassé à la clôture suivante",
        "droits dont l’engagement est contrepassé à la clôture suivante",
        "invariant 2",
        _commitments,
        RESTORE,
    ),
    CheckRule(
        "droit dont la dépense est ce qui est dû, par exercice d’origine",
        "droits dont la dépense est ce qui est dû, par exercice d’origine",
        "invariant 4",
        _expenses,
        RESTORE,
        _crossed,
    ),
)
