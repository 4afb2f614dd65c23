"""The entries expected of accounting, as columns of signed cents: debit above zero, credit below.

A right has nine columns: its expense by origin (N and N+1), and the other accounts. An entry is
one row of signed amounts that adds up to nothing. What the circular says of a settlement is then
one line: the accrual ends, the gestionnaire or the receivable gets the rest, and the expense
moves by the difference.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from tests.oracle.past import Fact, Right
from tests.oracle.wire import Json, year_of

CODES = defaultdict(lambda: "81512214", caf="81513214", entreprise="81514214")
ACCOUNTS = {
    "accrued": ("T", "408143111"),
    "contra": ("T", "8091"),
    "commitment": ("T", "80182"),
    "third_party": ("T", "467"),
    "receivable": ("T", "409"),
}
EXPENSE = ("6562322410", "65623224191", "65623224192")

BOOKED = frozenset(
    {
        "AdvanceGranted",
        "AdvanceReversed",
        "BalanceSettled",
        "FundingCancelled",
        "AdjustmentDecided",
    }
)

Column = str | int
"""An account by name, or an expense by its origin."""

Line = tuple[str, str, int, int, int | None, str | None]


class Row(NamedTuple):
    """One entry."""

    kind: str
    exercise: int
    period: int
    booked_on: str
    right: Right
    siret: str
    lines: tuple[Line, ...]


class Closing(NamedTuple):
    """The answer to a closing: totals (kind, count, debits), balance (ledger, account, D, C)."""

    exercise: int
    totals: tuple[tuple[str, int, int], ...]
    balance: tuple[tuple[str, str, int, int], ...]
    faults: tuple[str, ...] = ()


class Sheet:
    """One right: its parts, and what was moved in each column so far."""

    def __init__(self, grant: Fact, payee: Json) -> None:
        self.right = grant.right
        self.siret: str = payee["siret"]
        self.code = CODES[payee["kind"]]
        self.parts: tuple[int, int] = grant.data["parts"]
        self.moved: Counter[Column] = Counter()
        self.advanced: Counter[tuple[int, int]] = Counter()
        self.accrued = 0
        self.late: dict[str, int] = {}
        self.settled = False

    @property
    def accrual_left(self) -> int:
        return -self.moved["accrued"]


class Books:
    """The sheets of one Caf, its entries, and the exercises that are closed."""

    def __init__(self) -> None:
        self.sheets: dict[Right, Sheet] = {}
        self.rows: list[Row] = []
        self.closed: set[int] = set()

    def first_open(self, year: int) -> int:
        while year in self.closed:
            year += 1
        return year

    def post(self, kind: str, sheet: Sheet, day: str, moves: dict[Column, int]) -> int:
        """Book at a date, or on the first day that is open after it. Return the exercise."""
        exercise = self.first_open(year_of(day))
        moved = exercise != year_of(day)
        on = f"{exercise}-01-01" if moved else day
        self.write(kind, sheet, (exercise, 1 if moved else int(day[5:7]), on), moves)
        return exercise

    def write(
        self, kind: str, sheet: Sheet, when: tuple[int, int, str], moves: dict[Column, int]
    ) -> None:
        assert sum(moves.values()) == 0, moves
        sheet.moved.update(moves)
        if lines := tuple(sorted(_lines(sheet.code, when[0], moves), key=repr)):
            self.rows.append(Row(kind, *when, sheet.right, sheet.siret, lines))

    # Facts of funding

    def record(self, fact: Fact, payee: Json) -> None:
        """Book one answer of funding, if it is booked; `payee` is the dossier's gestionnaire."""
        if fact.name == "FundingGranted":
            self.sheets[fact.right] = Sheet(fact, payee)
            return
        if fact.name not in BOOKED or fact.right not in self.sheets:
            return
        sheet = self.sheets[fact.right]
        start = sheet.right[1]
        match fact.name:
            case "AdvanceGranted":
                self.advance(sheet, fact.data)
            case "AdvanceReversed":
                self.take_back(sheet, fact.data)
            case "BalanceSettled":
                sheet.parts = fact.data["parts"]
                owed = (sheet.parts[0], sheet.parts[1] + fact.data["bonus"])
                self.settle("balance", sheet, fact.data, owed)
            case "FundingCancelled":
                sheet.parts = (0, 0)
                self.settle("cancellation", sheet, fact.data, (0, 0))
            case "AdjustmentDecided":
                first, second = (amount for _, amount in fact.data["by_origin"])
                moves: dict[Column, int] = {start: first, start + 1: second}
                moves["third_party"] = -max(first, 0) - max(second, 0)
                moves["receivable"] = max(-first, 0) + max(-second, 0)
                self.post("adjustment", sheet, fact.data["on"], moves)

    def advance(self, sheet: Sheet, data: Json) -> None:
        origin, amount = data["exercise"], data["amount"]
        late = min(amount, sheet.accrual_left) if origin == sheet.right[1] else 0
        moves = {"accrued": late, origin: amount - late, "third_party": -amount}
        exercise = self.post("advance", sheet, data["on"], moves)
        sheet.advanced[origin, exercise] += amount
        if origin == sheet.right[1] < exercise:
            sheet.late[data["order_id"]] = amount

    def take_back(self, sheet: Sheet, data: Json) -> None:
        """The opposite of the advance; what others lacked of the accrual stays with them."""
        origin, amount = data["exercise"], data["amount"]
        sheet.late.pop(data["order_id"], None)
        lasting = max(sheet.accrued - sum(sheet.late.values()), 0)
        back = lasting - sheet.accrual_left
        moves = {"accrued": -back, origin: back - amount, "third_party": amount}
        exercise = self.post("advance_reversal", sheet, data["on"], moves)
        sheet.advanced[origin, exercise] -= amount

    def settle(self, kind: str, sheet: Sheet, data: Json, owed: tuple[int, int]) -> None:
        start, accrued = sheet.right[1], sheet.accrual_left
        rest = [due - paid for due, paid in zip(owed, data["advances"], strict=True)]
        moves: dict[Column, int] = {
            "accrued": accrued,
            start: rest[0] - accrued,
            start + 1: rest[1],
            "third_party": -sum(max(r, 0) for r in rest),
            "receivable": sum(max(-r, 0) for r in rest),
        }
        # No expense before its year begins: an earlier day becomes 1 January.
        begun = f"{start + 1}-01-01" if rest[1] else data["on"]
        self.post(kind, sheet, max(data["on"], begun), moves)
        sheet.settled = True

    # Closings

    def close(self, request: Json) -> Closing | None:
        """Close an exercise, or refuse with the rules; None when it is closed already."""
        exercise = request["exercise"]
        if exercise in self.closed:
            return None
        faults = tuple(sorted(self.faults(request)))
        if faults:
            return Closing(exercise, (), (), faults)
        self.closed.add(exercise)
        for _, sheet in sorted(self.sheets.items()):
            if sheet.right[1] == exercise:
                self.year_end(sheet)
            elif sheet.right[1] == exercise - 1 and (open_ := sheet.moved["contra"]):
                at = (exercise, 12, f"{exercise}-12-31")
                self.write(
                    "commitment_reversal", sheet, at, {"commitment": open_, "contra": -open_}
                )
        return self.completed(exercise)

    def faults(self, request: Json) -> Iterable[str]:
        exercise = request["exercise"]
        if request["closed_on"] <= f"{exercise}-12-31":
            yield "too early"
        held = {row.exercise for row in self.rows}
        held |= {start for _, start in self.sheets}
        held |= {start + 1 for (_, start), s in self.sheets.items() if s.moved["contra"]}
        if any(earlier < exercise for earlier in held - self.closed):
            yield "earlier one open"

    def year_end(self, sheet: Sheet) -> None:
        start = sheet.right[1]
        at = (start, 13, f"{start}-12-31")
        accrual = max(sheet.parts[0] - sheet.advanced[start, start], 0)
        commitment = 0 if start + 1 in self.closed else sheet.parts[1]
        sheet.accrued = accrual
        self.write("accrual", sheet, at, {start: accrual, "accrued": -accrual})
        self.write("commitment", sheet, at, {"contra": commitment, "commitment": -commitment})
        if sheet.settled:
            release: dict[Column, int] = {"accrued": accrual, start: -accrual}
            self.post("accrual_release", sheet, f"{start}-12-31", release)

    def completed(self, exercise: int) -> Closing:
        rows = [row for row in self.rows if row.exercise == exercise]
        counts = Counter(row.kind for row in rows)
        debits: Counter[str] = Counter()
        accounts: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for row in rows:
            for ledger, account, debit, credit, _, _ in row.lines:
                debits[row.kind] += debit
                accounts[ledger, account][0] += debit
                accounts[ledger, account][1] += credit
        return Closing(
            exercise,
            tuple(sorted((kind, count, debits[kind]) for kind, count in counts.items())),
            tuple(sorted((*account, *sides) for account, sides in accounts.items())),  # type: ignore[misc]
        )


def _lines(code: str, exercise: int, moves: dict[Column, int]) -> Iterable[Line]:
    for column, amount in moves.items():
        if not amount:
            continue
        sides = (max(amount, 0), max(-amount, 0))
        if isinstance(column, int):
            age = min(exercise - column, 2)
            yield "SF", EXPENSE[age], *sides, column, code
        else:
            yield *ACCOUNTS[column], *sides, None, None
