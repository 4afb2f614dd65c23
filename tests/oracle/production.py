"""What the services answer and book: their pure decisions, and a dictionary for a store."""

import json
from collections import deque
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.accounting.service import SERVICE as ACCOUNTING
from services.funding.service import SERVICE as FUNDING
from shared.contracts.accounting import (
    AccountingEntryPosted,
    ClosingCompleted,
    ClosingRefused,
)
from shared.contracts.base import WireModel
from shared.contracts.registry import BY_NAME, TYPE_PREFIX
from shared.kernel.decision import (
    Message,
    OutgoingEvent,
    Query,
    RequestRef,
    Service,
    State,
    StateRef,
    States,
)
from tests.oracle.books import Closing, Row
from tests.oracle.past import Fact
from tests.oracle.wire import Json, year_of
from tests.support.decide import page_of

SERVICES = (FUNDING, ACCOUNTING)


class Told:
    """All that both services said to one message of a life."""

    def __init__(self) -> None:
        self.answers: list[Fact] = []
        self.rows: list[Row] = []
        self.closings: list[Closing] = []


class Production:
    """Funding and accounting side by side; each message is followed to its last effect."""

    def __init__(self) -> None:
        self.stored: dict[str, dict[StateRef[Any], State]] = {s.name: {} for s in SERVICES}

    def tell(self, place: int, name: str, data: Json, attributes: Json) -> Told:
        told = Told()
        time = datetime.fromisoformat(attributes["time"])
        wire = BY_NAME[name].model.model_validate_json(json.dumps(data))
        origin = RequestRef(request=attributes["id"], correlation=attributes["id"])
        todo: deque[Message[Any]] = deque([_message(attributes["id"], time, origin, wire)])
        while todo:
            message = todo.popleft()
            for service in SERVICES:
                if type(message.data) not in service.by_event:
                    continue
                for rank, event in enumerate(self.decide(service, message)):
                    said = event.data if isinstance(event, OutgoingEvent) else event
                    _note(told, place, said)
                    inner = f"{message.id}.{rank}"
                    todo.append(_message(inner, time, origin, said))
        return told

    def decide(
        self, service: Service, message: Message[Any]
    ) -> tuple[WireModel | OutgoingEvent, ...]:
        stored = self.stored[service.name]
        handler = service.by_event[type(message.data)]
        states: dict[StateRef[Any], State | None] = {}
        pages: dict[Query[Any], tuple[Any, ...]] = {}
        while True:
            wanted = (
                set(handler.required_states(message, States(states, pages)))
                - states.keys()
                - pages.keys()
            )
            if not wanted:
                break
            for each in wanted:
                if isinstance(each, Query):
                    pages[each] = page_of(each, stored.values())
                    states |= {StateRef(type(s), s.key): s for s in pages[each]}
                else:
                    states[each] = stored.get(each)
        decision = handler.decide(message, States(states, pages), service.parameters)
        stored.update({StateRef(type(state), state.key): state for state in decision.states})
        return decision.events


def _message(name: str, time: datetime, origin: RequestRef, data: WireModel) -> Message[Any]:
    return Message(name, f"{TYPE_PREFIX}{type(data).__name__}.v1", time, origin, data)


def _note(told: Told, place: int, said: WireModel) -> None:
    """Keep what was said in the words of the calculator."""
    match said:
        case AccountingEntryPosted():
            told.rows.append(_row(said))
        case ClosingCompleted():
            told.closings.append(_closing(said))
        case ClosingRefused():
            rules = tuple(sorted(reason.rule for reason in said.reasons))
            told.closings.append(Closing(said.exercise, (), (), rules))
        case _ if not BY_NAME[type(said).__name__].internal:
            told.answers.append(_fact(place, said))


def _cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))


def _row(said: AccountingEntryPosted) -> Row:
    lines = (
        (
            line.ledger,
            line.account,
            _cents(line.debit),
            _cents(line.credit),
            line.origin_exercise,
            line.statistical_code,
        )
        for line in said.lines
    )
    return Row(
        said.kind,
        said.exercise,
        said.period,
        str(said.booked_on),
        (said.dossier_id, year_of(said.school_year)),
        said.siret,
        tuple(sorted(lines, key=repr)),
    )


def _closing(said: ClosingCompleted) -> Closing:
    return Closing(
        said.exercise,
        tuple(sorted((t.kind, t.count, _cents(t.amount)) for t in said.totals)),
        tuple(
            sorted(
                (t.ledger, t.account, _cents(t.debit), _cents(t.credit)) for t in said.trial_balance
            )
        ),
    )


def _fact(place: int, said: Any) -> Fact:
    name = type(said).__name__
    start = year_of(said.school_year) if hasattr(said, "school_year") else 0
    right = (getattr(said, "dossier_id", ""), start)
    if hasattr(said, "reasons"):
        return Fact(place, name, right, _about(said) | {"rules": _rules(said.reasons)})
    return Fact(place, name, right, READ[name](said) if name in READ else {})


def _rules(reasons: Iterable[Any]) -> list[str]:
    return sorted({reason.rule for reason in reasons})


def _about(said: Any) -> Json:
    names = ("order_id", "exercise", "control_id", "reversal_id")
    return {name: getattr(said, name) for name in names if hasattr(said, name)}


def _cap(cap: Any) -> tuple[int, int, int, int, bool]:
    cut = (cap.cut_from_bonus, cap.cut_from_ps)
    return (_cents(cap.ceiling), _cents(cap.excess), _cents(cut[0]), _cents(cut[1]), cap.reached)


def _amounts(each: Iterable[Any]) -> list[tuple[int, int]]:
    return [(e.exercise, _cents(e.amount)) for e in each]


def _granted(said: Any) -> Json:
    return {
        "collectifs": sorted(
            (c.collectif_id, _cents(c.cost), _cents(c.ps), _cents(c.bonus)) for c in said.collectifs
        ),
        "ps_total": _cents(said.ps_total),
        "bonus_total": _cents(said.bonus_total),
        "bonus_enfants": _cents(said.bonus_enfants),
        "bonus_parents": _cents(said.bonus_parents),
        "decided_on": str(said.decided_on),
        "parts": (_cents(said.part_n), _cents(said.part_n1)),
        "ceilings": (_cents(said.advance_ceiling_n), _cents(said.advance_ceiling_n1)),
        "cap80": _cap(said.cap80),
        "bareme": said.bareme.start_year,
        "envelopes": [(e.exercise, _cents(e.amount), e.status) for e in said.envelopes],
    }


def _advance(said: Any) -> Json:
    return _about(said) | {"amount": _cents(said.amount), "on": str(said.ordered_on)}


def _reversed(said: Any) -> Json:
    return _about(said) | {"amount": _cents(said.amount), "on": str(said.reversed_on)}


def _settled(said: Any) -> Json:
    return {
        "on": str(said.settled_on),
        "ps": _cents(said.final_ps),
        "parts": (_cents(said.final_part_n), _cents(said.final_part_n1)),
        "bonus": _cents(said.final_bonus),
        "enfants": _cents(said.final_bonus_enfants),
        "parents": _cents(said.final_bonus_parents),
        "collectifs": sorted(
            (c.collectif_id, _cents(c.cost), _cents(c.ps), _cents(c.bonus), c.ran)
            for c in said.collectifs
        ),
        "advances": (_cents(said.advances_n), _cents(said.advances_n1)),
        "net": _cents(said.net),
        "indus": _amounts(said.indus),
        "cap80": _cap(said.cap80),
    }


def _cancelled(said: Any) -> Json:
    return {
        "on": str(said.cancelled_on),
        "advances": (_cents(said.advances_n), _cents(said.advances_n1)),
        "indus": _amounts(said.indus),
    }


def _adjusted(said: Any) -> Json:
    c = said.components
    return {
        "control_id": said.control_id,
        "on": str(said.decided_on),
        "kind": said.kind,
        "amount": _cents(said.amount),
        "by_origin": _amounts(said.by_origin),
        "components": tuple(map(_cents, (c.part_n, c.part_n1, c.bonus_enfants, c.bonus_parents))),
    }


READ = {
    "FundingGranted": _granted,
    "AdvanceGranted": _advance,
    "AdvanceReversed": _reversed,
    "BalanceSettled": _settled,
    "FundingCancelled": _cancelled,
    "AdjustmentDecided": _adjusted,
}
