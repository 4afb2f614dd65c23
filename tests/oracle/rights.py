"""What should be answered about a right once it is granted: advances, accounts, corrections."""

from datetime import date, timedelta

from tests.oracle.grants import PARTS, forecast, serving, waiting
from tests.oracle.past import Answers, Fact, Past, Right
from tests.oracle.prices import KINDS, Award, CostedCollectif, award
from tests.oracle.wire import Json, cents, famille, year_of

CONTRADICTORY = timedelta(days=30)


def _grant(past: Past, request: Json) -> tuple[Right, Fact | None, list[str]]:
    """The right that a request is about, its grant, and the reasons that end the evaluation."""
    right = (request["dossier_id"], year_of(request["school_year"]))
    grant = past.only("FundingGranted", right)
    return right, grant, [] if grant else ["COM-05"]


def _living(past: Past, request: Json) -> tuple[Right, Fact | None, list[str]]:
    """The same; a cancelled right has no grant."""
    right, grant, alone = _grant(past, request)
    cancelled = past.only("FundingCancelled", right) is not None
    return (right, None, ["COM-05"]) if cancelled else (right, grant, alone)


def _stranger(past: Past, request: Json) -> bool:
    agrement = past.agrement(request["dossier_id"])
    return agrement is not None and agrement["caf"] != request["caf"]


def _convention_missing(past: Past, dossier: str, day: str) -> bool:
    signed = [c["signed_on"] for c in past.requests("ConventionSigned", dossier_id=dossier)]
    return not signed or min(signed) > day


def advance_ordered(past: Past, request: Json) -> Answers:
    right, grant, alone = _grant(past, request)
    about = {"order_id": request["order_id"], "exercise": request["exercise"]}
    if grant is None:
        yield "AdvanceRefused", right, about | {"rules": alone}
        return
    if same := past.only("AdvanceGranted", order_id=request["order_id"]):
        if not past.repeats(same):
            yield "AdvanceRefused", right, about | {"rules": ["TEC-01"]}
        return
    if rules := advance_faults(past, right, grant, request):
        yield "AdvanceRefused", right, about | {"rules": rules}
    else:
        amount = cents(request["amount"])
        yield "AdvanceGranted", right, about | {"amount": amount, "on": request["ordered_on"]}


def advance_faults(past: Past, right: Right, grant: Fact, request: Json) -> list[str]:
    exercise, year, amount = (
        request["exercise"],
        year_of(request["ordered_on"]),
        cents(request["amount"]),
    )
    part = exercise - right[1]
    after = past.advances(right, exercise) + amount
    applies = part in (0, 1) and year == exercise and amount > 0
    too_much = applies and after > grant.data["ceilings"][part]
    faults = {
        "TEC-03": _stranger(past, request),
        "CNV-01": _convention_missing(past, right[0], request["ordered_on"]),
        "CAL-05": request["ordered_on"] < grant.data["decided_on"],
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


def _award_of(past: Past, right: Right, grant: Fact, request: Json) -> tuple[Award, set[str]]:
    """What accounts make of a right, and the collectifs that ran."""
    bareme, bonuses = past.bareme(right[1]), {n: k for n, _, k in forecast(past, right)[0]}
    assert bareme is not None
    actual = {c["collectif_id"]: c for c in request["collectifs"] if c["ran"]}
    names = [row[0] for row in grant.data["collectifs"]]
    rows: list[CostedCollectif] = []
    for name in names:
        if name in actual:
            kinds = bonuses[name] & set(actual[name]["bonus_done"])
            rows.append((name, cents(actual[name]["actual_cost"]), kinds))
        else:
            rows.append((name, 0, frozenset()))
    budget = request["budget"]
    worth = award(rows, cents(budget["total_annual_cost"]), famille(budget), bareme)
    return worth, {name for name in names if name in actual}


def _strangers(grant: Fact, request: Json) -> bool:
    names = {row[0] for row in grant.data["collectifs"]}
    return any(c["collectif_id"] not in names for c in request["collectifs"])


def _unnamed(grant: Fact, request: Json) -> bool:
    """Whether a granted collectif is missing: that is no way to say that it did not run."""
    names = {c["collectif_id"] for c in request["collectifs"]}
    return any(row[0] not in names for row in grant.data["collectifs"])


def definitive_from(past: Past, right: Right) -> str:
    """The first day on which accounts are definitive: 1 June, and once every collectif has ended.

    Periods are those of the first year of an agrement. What an amendment stopped has ended on that
    day; where nothing runs any more, 1 June is not waited for.
    """
    agrement = past.agrement(right[0])
    assert agrement is not None
    ends = {c["collectif_id"]: c.get("ends_on") for c in agrement["collectifs"]}
    if year_of(agrement["school_year"]) != right[1]:
        ends = dict.fromkeys(ends)
    stopped = past.stopped(right)
    days = [stopped.get(name, end) for name, end in ends.items()]
    after = [str(date.fromisoformat(day) + timedelta(days=1)) for day in days if day]
    if not ends.keys() <= stopped.keys():
        after.append(f"{right[1] + 1}-06-01")
    return max(after)


def accounts_filed(past: Past, request: Json) -> Answers:
    right, grant, alone = _living(past, request)
    if grant is None:
        yield "BalanceRefused", right, {"rules": alone}
        return
    if done := past.only("BalanceSettled", right):
        if not past.repeats(done):
            yield "BalanceRefused", right, {"rules": ["TEC-01"]}
        return
    faults = {
        "TEC-03": _stranger(past, request),
        "CNV-01": _convention_missing(past, right[0], request["filed_on"]),
        "SOL-03": not all(request["report"][part] for part in PARTS) or _unnamed(grant, request),
        "SOL-01": request["filed_on"] < definitive_from(past, right),
        "COM-04": _strangers(grant, request),
    }
    if rules := sorted(rule for rule, broken in faults.items() if broken):
        yield "BalanceRefused", right, {"rules": rules}
        return
    worth, ran = _award_of(past, right, grant, request)
    paid = (past.advances(right, right[1]), past.advances(right, right[1] + 1))
    owed = (worth.parts[0], worth.parts[1] + worth.bonus)
    yield (
        "BalanceSettled",
        right,
        {
            "on": request["filed_on"],
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


def control_concluded(past: Past, request: Json) -> Answers:
    right, grant, alone = _living(past, request)
    about = {"control_id": request["control_id"]}
    settled = past.only("BalanceSettled", right)
    same = past.only("AdjustmentDecided", control_id=request["control_id"])
    if grant and settled and same and past.repeats(same):
        return
    first = [
        (alone[:1], grant is None),
        (["SOL-02"], settled is None),
        (["TEC-01"], same is not None),
        (["TEC-03"], _stranger(past, request)),
        (["COM-04"], grant is not None and _strangers(grant, request)),
        (["SOL-03"], grant is not None and _unnamed(grant, request)),
        (["CTL-04"], settled is not None and request["decided_on"] < settled.data["on"]),
        (["CTL-02"], _too_early(request)),
    ]
    if rules := next((rules for rules, applies in first if applies), None):
        yield "AdjustmentRefused", right, about | {"rules": rules}
        return
    assert grant is not None
    worth, _ = _award_of(past, right, grant, request)
    now = (*worth.parts, worth.enfants, worth.parents)
    before = _last_decided(past, right)
    change = tuple(new - old for new, old in zip(now, before, strict=True))
    total = sum(change)
    yield (
        "AdjustmentDecided",
        right,
        about
        | {
            "on": request["decided_on"],
            "kind": ("none", "rappel", "indu")[(total > 0) - (total < 0)],
            "amount": total,
            "by_origin": [(right[1], change[0]), (right[1] + 1, sum(change[1:]))],
            "components": change,
            "now": now,
        },
    )


def _too_early(request: Json) -> bool:
    answered, decided = request["answered_on"], request["decided_on"]
    end = date.fromisoformat(request["observations_sent_on"]) + CONTRADICTORY
    return not (answered and answered <= decided) and date.fromisoformat(decided) < end


def _last_decided(past: Past, right: Right) -> tuple[int, ...]:
    if adjusted := past.only("AdjustmentDecided", right):
        last: tuple[int, ...] = adjusted.data["now"]
        return last
    settled = past.only("BalanceSettled", right)
    assert settled is not None
    return (*settled.data["parts"], *(settled.data[kind] for kind in KINDS))


def cancellation_ordered(past: Past, request: Json) -> Answers:
    right, _, alone = _grant(past, request)
    done = past.settlement(right)
    if not (past.only("FundingGranted", right) or past.only("FundingDeferred", right)):
        yield "CancellationRefused", right, {"rules": alone}
    elif done and done.name == "FundingCancelled":
        if not past.repeats(done):
            yield "CancellationRefused", right, {"rules": ["TEC-01"]}
    elif rules := cancellation_faults(past, request, done):
        yield "CancellationRefused", right, {"rules": rules}
    else:
        waited = right in waiting(past, "ENV-03")
        paid = (past.advances(right, right[1]), past.advances(right, right[1] + 1))
        about = {"on": request["ordered_on"], "advances": paid}
        yield "FundingCancelled", right, about | {"indus": _indus(right, (0, 0), paid)}
        if waited:
            yield from serving(past)


def cancellation_faults(past: Past, request: Json, done: Fact | None) -> list[str]:
    faults = {
        "AGR-03": _blank(request),
        "SOL-02": done is not None,
        "TEC-03": _stranger(past, request),
    }
    return sorted(rule for rule, broken in faults.items() if broken)


def _blank(request: Json) -> bool:
    return not (request["legal_ground"].strip() and request["motive"].strip())


def reversal_ordered(past: Past, request: Json) -> Answers:
    right, grant, alone = _grant(past, request)
    about = {"reversal_id": request["reversal_id"]}
    if grant is None:
        yield "AdvanceReversalRefused", right, about | {"rules": alone}
        return
    if same := past.only("AdvanceReversed", reversal_id=request["reversal_id"]):
        if not past.repeats(same):
            yield "AdvanceReversalRefused", right, about | {"rules": ["TEC-01"]}
        return
    advance = past.only("AdvanceGranted", right, order_id=request["order_id"])
    early = advance is not None and request["ordered_on"] < advance.data["on"]
    faults = {
        "TEC-03": _stranger(past, request),
        "ACO-05": advance is None,
        "ACO-06": early or bool(past.answers("AdvanceReversed", order_id=request["order_id"])),
        "SOL-02": past.settlement(right) is not None,
    }
    if rules := sorted(rule for rule, broken in faults.items() if broken):
        yield "AdvanceReversalRefused", right, about | {"rules": rules}
        return
    assert advance is not None
    order = {key: advance.data[key] for key in ("order_id", "exercise", "amount")}
    yield "AdvanceReversed", right, about | order | {"on": request["ordered_on"]}
