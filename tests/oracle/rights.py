"""What should be answered about a right once it is granted: advances, accounts, corrections."""

from datetime import date, timedelta

from tests.oracle.grants import PARTS, forecast, serving, waiting
from tests.oracle.past import Fact, Past, Right, Told
from tests.oracle.prices import KINDS, Asked, Award, award
from tests.oracle.wire import Json, cents, famille, year_of

CONTRADICTORY = timedelta(days=30)


def _grant(past: Past, asked: Json) -> tuple[Right, Fact | None, list[str]]:
    """The right that a request is about, its grant, and what ends the judgement at once."""
    right = (asked["dossier_id"], year_of(asked["school_year"]))
    grant = past.only("FundingGranted", right)
    return right, grant, [] if grant else ["COM-05"]


def _living(past: Past, asked: Json) -> tuple[Right, Fact | None, list[str]]:
    """The same; a right that is cancelled has no grant any more."""
    right, grant, alone = _grant(past, asked)
    gone = past.only("FundingCancelled", right) is not None
    return (right, None, ["COM-05"]) if gone else (right, grant, alone)


def _stranger(past: Past, asked: Json) -> bool:
    agrement = past.agrement(asked["dossier_id"])
    return agrement is not None and agrement["caf"] != asked["caf"]


def _convention_missing(past: Past, dossier: str, day: str) -> bool:
    signed = [c["signed_on"] for c in past.asked("ConventionSigned", dossier_id=dossier)]
    return not signed or min(signed) > day


def advance_ordered(past: Past, asked: Json) -> Told:
    right, grant, alone = _grant(past, asked)
    about = {"order_id": asked["order_id"], "exercise": asked["exercise"]}
    if grant is None:
        yield "AdvanceRefused", right, about | {"rules": alone}
        return
    if same := past.only("AdvanceGranted", order_id=asked["order_id"]):
        if not past.repeats(same):
            yield "AdvanceRefused", right, about | {"rules": ["TEC-01"]}
        return
    if rules := advance_faults(past, right, grant, asked):
        yield "AdvanceRefused", right, about | {"rules": rules}
    else:
        amount = cents(asked["amount"])
        yield "AdvanceGranted", right, about | {"amount": amount, "on": asked["ordered_on"]}


def advance_faults(past: Past, right: Right, grant: Fact, asked: Json) -> list[str]:
    exercise, year, amount = asked["exercise"], year_of(asked["ordered_on"]), cents(asked["amount"])
    part = exercise - right[1]
    after = past.advances(right, exercise) + amount
    judged = part in (0, 1) and year == exercise and amount > 0
    too_much = judged and after > grant.data["ceilings"][part]
    faults = {
        "TEC-03": _stranger(past, asked),
        "CNV-01": _convention_missing(past, right[0], asked["ordered_on"]),
        "ACO-02": part == 1 and year < exercise,
        "ACO-04": not amount
        or part not in (0, 1)
        or (part == 0 and year != exercise)
        or (part == 1 and year > exercise),
        "ACO-01": too_much and part == 0,
        "ACO-03": too_much and part == 1,
        "SOL-02": past.settlement(right) is not None,
    }
    return sorted(rule for rule, broken in faults.items() if broken)


def _told_by(past: Past, right: Right, grant: Fact, asked: Json) -> tuple[Award, set[str]]:
    """What accounts make of a right, and the collectifs that ran."""
    bareme, bonuses = past.bareme(right[1]), {n: k for n, _, k in forecast(past, right)[0]}
    assert bareme is not None
    said = {c["collectif_id"]: c for c in asked["collectifs"] if c["ran"]}
    names = [row[0] for row in grant.data["collectifs"]]
    rows: list[Asked] = []
    for name in names:
        if name in said:
            kinds = bonuses[name] & set(said[name]["bonus_done"])
            rows.append((name, cents(said[name]["actual_cost"]), kinds))
        else:
            rows.append((name, 0, frozenset()))
    budget = asked["budget"]
    worth = award(rows, cents(budget["total_annual_cost"]), famille(budget), bareme)
    return worth, {name for name in names if name in said}


def _strangers(grant: Fact, asked: Json) -> bool:
    names = {row[0] for row in grant.data["collectifs"]}
    return any(c["collectif_id"] not in names for c in asked["collectifs"])


def accounts_filed(past: Past, asked: Json) -> Told:
    right, grant, alone = _living(past, asked)
    if grant is None:
        yield "BalanceRefused", right, {"rules": alone}
        return
    if done := past.only("BalanceSettled", right):
        if not past.repeats(done):
            yield "BalanceRefused", right, {"rules": ["TEC-01"]}
        return
    faults = {
        "TEC-03": _stranger(past, asked),
        "CNV-01": _convention_missing(past, right[0], asked["filed_on"]),
        "SOL-03": not all(asked["report"][part] for part in PARTS),
        "SOL-01": year_of(asked["filed_on"]) <= right[1],
        "COM-04": _strangers(grant, asked),
    }
    if rules := sorted(rule for rule, broken in faults.items() if broken):
        yield "BalanceRefused", right, {"rules": rules}
        return
    worth, ran = _told_by(past, right, grant, asked)
    paid = (past.advances(right, right[1]), past.advances(right, right[1] + 1))
    owed = (worth.parts[0], worth.parts[1] + worth.bonus)
    yield (
        "BalanceSettled",
        right,
        {
            "on": asked["filed_on"],
            "ps": worth.ps,
            "parts": worth.parts,
            "bonus": worth.bonus,
            "enfants": worth.enfants,
            "parents": worth.parents,
            "collectifs": sorted((*row, row[0] in ran) for row in worth.rows),
            "advances": paid,
            "net": worth.ps + worth.bonus - sum(paid),
            "indus": _indus(right, owed, paid),
            "cap80": worth.cap,
        },
    )


def _indus(right: Right, owed: tuple[int, int], paid: tuple[int, int]) -> list[tuple[int, int]]:
    return [(right[1] + i, paid[i] - owed[i]) for i in (0, 1) if paid[i] > owed[i]]


def control_concluded(past: Past, asked: Json) -> Told:
    right, grant, alone = _living(past, asked)
    about = {"control_id": asked["control_id"]}
    settled = past.only("BalanceSettled", right)
    same = past.only("AdjustmentDecided", control_id=asked["control_id"])
    if grant and settled and same and past.repeats(same):
        return
    first = [
        (alone[:1], grant is None),
        (["SOL-02"], settled is None),
        (["TEC-01"], same is not None),
        (["TEC-03"], _stranger(past, asked)),
        (["COM-04"], grant is not None and _strangers(grant, asked)),
        (["CTL-04"], settled is not None and asked["decided_on"] < settled.data["on"]),
        (["CTL-02"], _too_early(asked)),
    ]
    if rules := next((rules for rules, applies in first if applies), None):
        yield "AdjustmentRefused", right, about | {"rules": rules}
        return
    assert grant is not None
    worth, _ = _told_by(past, right, grant, asked)
    now = (*worth.parts, worth.enfants, worth.parents)
    before = _last_decided(past, right)
    change = tuple(new - old for new, old in zip(now, before, strict=True))
    total = sum(change)
    yield (
        "AdjustmentDecided",
        right,
        about
        | {
            "on": asked["decided_on"],
            "kind": ("none", "rappel", "indu")[(total > 0) - (total < 0)],
            "amount": total,
            "by_origin": [(right[1], change[0]), (right[1] + 1, sum(change[1:]))],
            "components": change,
            "now": now,
        },
    )


def _too_early(asked: Json) -> bool:
    answered, decided = asked["answered_on"], asked["decided_on"]
    end = date.fromisoformat(asked["observations_sent_on"]) + CONTRADICTORY
    return not (answered and answered <= decided) and date.fromisoformat(decided) < end


def _last_decided(past: Past, right: Right) -> tuple[int, ...]:
    if adjusted := past.only("AdjustmentDecided", right):
        last: tuple[int, ...] = adjusted.data["now"]
        return last
    settled = past.only("BalanceSettled", right)
    assert settled is not None
    return (*settled.data["parts"], *(settled.data[kind] for kind in KINDS))


def cancellation_ordered(past: Past, asked: Json) -> Told:
    right, _, alone = _grant(past, asked)
    done = past.settlement(right)
    if not (past.only("FundingGranted", right) or past.only("FundingDeferred", right)):
        yield "CancellationRefused", right, {"rules": alone}
    elif done and done.name == "FundingCancelled":
        if not past.repeats(done):
            yield "CancellationRefused", right, {"rules": ["TEC-01"]}
    elif rules := cancellation_faults(past, asked, done):
        yield "CancellationRefused", right, {"rules": rules}
    else:
        waited = right in waiting(past, "ENV-03")
        paid = (past.advances(right, right[1]), past.advances(right, right[1] + 1))
        about = {"on": asked["ordered_on"], "advances": paid}
        yield "FundingCancelled", right, about | {"indus": _indus(right, (0, 0), paid)}
        if waited:
            yield from serving(past)


def cancellation_faults(past: Past, asked: Json, done: Fact | None) -> list[str]:
    faults = {
        "AGR-03": _blank(asked),
        "SOL-02": done is not None,
        "TEC-03": _stranger(past, asked),
    }
    return sorted(rule for rule, broken in faults.items() if broken)


def _blank(asked: Json) -> bool:
    return not (asked["legal_ground"].strip() and asked["motive"].strip())


def reversal_ordered(past: Past, asked: Json) -> Told:
    right, grant, alone = _grant(past, asked)
    about = {"reversal_id": asked["reversal_id"]}
    if grant is None:
        yield "AdvanceReversalRefused", right, about | {"rules": alone}
        return
    if same := past.only("AdvanceReversed", reversal_id=asked["reversal_id"]):
        if not past.repeats(same):
            yield "AdvanceReversalRefused", right, about | {"rules": ["TEC-01"]}
        return
    advance = past.only("AdvanceGranted", right, order_id=asked["order_id"])
    early = advance is not None and asked["ordered_on"] < advance.data["on"]
    faults = {
        "TEC-03": _stranger(past, asked),
        "ACO-05": advance is None,
        "ACO-06": early or bool(past.found("AdvanceReversed", order_id=asked["order_id"])),
        "SOL-02": past.settlement(right) is not None,
    }
    if rules := sorted(rule for rule, broken in faults.items() if broken):
        yield "AdvanceReversalRefused", right, about | {"rules": rules}
        return
    assert advance is not None
    order = {key: advance.data[key] for key in ("order_id", "exercise", "amount")}
    yield "AdvanceReversed", right, about | order | {"on": asked["ordered_on"]}
