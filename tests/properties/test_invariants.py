"""The invariants of the books and of the amounts, after any life."""

from collections import Counter, defaultdict

from tests.oracle.lives import Life
from tests.oracle.past import Fact, Right
from tests.properties.lived import Run, holds_of, net

EXPENSE = ("6562322410", "65623224191", "65623224192")
ACCRUED, CONTRA, COMMITMENT = "408143111", "8091", "80182"


@holds_of(150)
def test_every_entry_balances_and_class_8_by_itself(lived: Life) -> int:
    rows = Run(lived).rows
    for row in rows:
        assert row.lines
        assert net([row], *{account for _, account, *_ in row.lines}) == 0
        assert net([row], CONTRA, COMMITMENT) == 0
    return len(rows)


@holds_of(25)
def test_commitments_are_gone_once_n_plus_1_is_closed(lived: Life) -> int:
    run = Run(lived)
    closed = {closing.exercise for closing in run.closings}

    rights = [right for right in {row.right for row in run.rows} if right[1] + 1 in closed]
    for right in rights:
        assert net(run.of(right), CONTRA) == net(run.of(right), COMMITMENT) == 0
    return len(rights)


@holds_of(50)
def test_an_accrual_is_gone_once_the_right_has_ended(lived: Life) -> int:
    run = Run(lived)

    for ended in run.ended():
        assert net(run.of(ended.right), ACCRUED) == 0
    return len(run.ended())


@holds_of(50)
def test_the_expense_of_a_right_is_what_is_due(lived: Life) -> int:
    run = Run(lived)
    ended = {fact.right: fact for fact in run.ended()}
    adjusted: Counter[Right] = Counter()
    for fact in run.events("AdjustmentDecided"):
        adjusted[fact.right] += fact.data["amount"]

    for granted in run.events("FundingGranted"):
        right = granted.right
        rows = run.of(right)
        if right in ended:
            due = ended[right].data.get("ps", 0) + ended[right].data.get("bonus", 0)
            assert net(rows, *EXPENSE) == due + adjusted[right]
        else:
            left = -net(rows, ACCRUED)
            assert net(rows, *EXPENSE) == advanced(run, right) + left
    return len(ended)


@holds_of(35)
def test_advances_stay_below_their_ceilings_and_nothing_is_booked_without_a_grant(
    lived: Life,
) -> int:
    run = Run(lived)
    granted = {fact.right: fact for fact in run.events("FundingGranted")}

    assert {row.right for row in run.rows} <= granted.keys()
    for right, fact in granted.items():
        for part, ceiling in enumerate(fact.data["ceilings"]):
            assert 0 <= advanced(run, right, right[1] + part) <= ceiling
    return len(run.events("AdvanceGranted"))


@holds_of(40)
def test_a_closed_exercise_is_numbered_without_gap_and_its_balance_is_the_sum_of_its_entries(
    lived: Life,
) -> int:
    run = Run(lived)

    for closing in run.closings:
        entries = [e for e in run.entries if e.exercise == closing.exercise]
        numbers = sorted(e.sequence or 0 for e in entries)
        assert numbers == list(range(1, len(entries) + 1))
        sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for row in run.rows:
            if row.exercise == closing.exercise:
                for ledger, account, debit, credit, _, _ in row.lines:
                    sums[ledger, account][0] += debit
                    sums[ledger, account][1] += credit
        assert closing.balance == tuple(sorted((*key, *both) for key, both in sums.items()))
    return sum(1 for closing in run.closings if closing.balance)


@holds_of(140)
def test_a_closed_exercise_takes_no_entry(lived: Life) -> int:
    closed: set[int] = set()
    booked_after = 0
    for outcome in Run(lived).outcomes:
        assert not {row.exercise for row in outcome.rows} & closed
        booked_after += len(outcome.rows) if closed else 0
        closed |= {closing.exercise for closing in outcome.closings if not closing.faults}
    return booked_after


@holds_of(1)
def test_parts_add_up(lived: Life) -> int:
    run = Run(lived)

    for fact in run.events("FundingGranted"):
        data = fact.data
        assert sum(data["parts"]) == data["ps_total"]
        assert data["bonus_enfants"] + data["bonus_parents"] == data["bonus_total"]
        assert_capped(fact, data["ps_total"], data["bonus_total"])
        charged = {exercise: amount for exercise, amount, _ in data["envelopes"]}
        assert sum(charged.values()) == data["ps_total"] + data["bonus_total"]
        assert all(c <= p for c, p in zip(data["ceilings"], data["parts"], strict=True))
    for fact in run.events("BalanceSettled"):
        data = fact.data
        assert sum(data["parts"]) == data["ps"]
        assert data["enfants"] + data["parents"] == data["bonus"]
        assert_capped(fact, data["ps"], data["bonus"])
        assert data["net"] == data["ps"] + data["bonus"] - sum(data["advances"])
        if data["net"] < 0:
            assert sum(amount for _, amount in data["indus"]) >= -data["net"]
    for fact in run.events("AdjustmentDecided"):
        data = fact.data
        by_origin = [amount for _, amount in data["by_origin"]]
        assert sum(by_origin) == data["amount"] == sum(data["components"])
        assert by_origin == [data["components"][0], sum(data["components"][1:])]
    return len(run.events("AdjustmentDecided"))


@holds_of(35)
def test_the_branche_famille_never_pays_more_than_80_percent(lived: Life) -> int:
    run = Run(lived)

    for fact in run.events("BalanceSettled"):
        due = fact.data["ps"] + fact.data["bonus"]
        assert due == 0 or due + run.others(fact) <= fact.data["cap80"][0]
    return len(run.events("BalanceSettled"))


def assert_capped(fact: Fact, ps: int, bonus: int) -> None:
    """Before the cap less the cuts is after the cap, and the bonuses are cut first."""
    *_, off_bonus, off_ps, reached = fact.data["cap80"]
    requested_ps = sum(row[2] for row in fact.data["collectifs"])
    requested_bonus = sum(row[3] for row in fact.data["collectifs"])
    assert (ps, bonus) == (requested_ps - off_ps, requested_bonus - off_bonus)
    assert bonus == 0 or off_ps == 0
    assert reached or off_bonus == off_ps == 0
    assert min(ps, bonus, off_ps, off_bonus) >= 0


def advanced(run: Run, right: Right, *exercises: int) -> int:
    """The advances of a right less those reversed, in cents."""
    signs = {"AdvanceGranted": 1, "AdvanceReversed": -1}
    return sum(
        signs[fact.name] * fact.data["amount"]
        for fact in run.events(*signs)
        if fact.right == right and (not exercises or fact.data["exercise"] in exercises)
    )
