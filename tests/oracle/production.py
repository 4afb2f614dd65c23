"""What the services answer and book: their pure decisions, with a dictionary as store."""

import json
from collections import deque
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.accounting.service import SERVICE as ACCOUNTING
from services.eligibility.service import SERVICE as ELIGIBILITY
from services.funding.service import SERVICE as FUNDING
from services.submission.service import SERVICE as SUBMISSION
from shared.contracts.accounting import (
    AccountingEntryPosted,
    ClosingCompleted,
    ClosingRefused,
)
from shared.contracts.base import WireModel
from shared.contracts.registry import BY_NAME, TYPE_PREFIX
from shared.kernel.decision import Message, OutgoingEvent, RequestRef, State, StateRef
from shared.kernel.service import Service
from tests.oracle import production_dossiers
from tests.oracle.books import Closing, Row
from tests.oracle.past import Fact
from tests.oracle.wire import Json, year_of
from tests.support.decide import load_states

BETWEEN_SERVICES = {name for name, spec in BY_NAME.items() if spec.internal} | {
    "WithdrawalForwarded",
    "WithdrawalJudged",
    "DossierReopened",
}
"""Messages of services to each other, which answer nobody."""

OF_RIGHTS = (FUNDING, ACCOUNTING)
OF_DOSSIERS = (SUBMISSION, ELIGIBILITY)


class Outcome:
    """All that both services publish for one message of a life."""

    def __init__(self) -> None:
        self.answers: list[Fact] = []
        self.rows: list[Row] = []
        self.closings: list[Closing] = []


class Production:
    """Services side by side; each message is followed to its last effect."""

    def __init__(self, services: tuple[Service, ...] = OF_RIGHTS) -> None:
        self.services = services
        self.stored: dict[str, dict[StateRef[Any], State]] = {s.name: {} for s in services}

    def handle(self, place: int, name: str, data: Json, attributes: Json) -> Outcome:
        outcome = Outcome()
        time = datetime.fromisoformat(attributes["time"])
        wire = BY_NAME[name].model.model_validate_json(json.dumps(data))
        origin = RequestRef(request=attributes["id"], correlation=attributes["id"])
        todo: deque[Message[Any]] = deque([_message(attributes["id"], time, origin, wire)])
        while todo:
            message = todo.popleft()
            for service in self.services:
                if type(message.data) not in service.by_event:
                    continue
                for rank, event in enumerate(self.decide(service, message)):
                    published = event.data if isinstance(event, OutgoingEvent) else event
                    of_dossiers = service in OF_DOSSIERS
                    _note(outcome, place, published, of_dossiers=of_dossiers)
                    inner = f"{message.id}.{rank}"
                    todo.append(_message(inner, time, origin, published))
        return outcome

    def decide(
        self, service: Service, message: Message[Any]
    ) -> tuple[WireModel | OutgoingEvent, ...]:
        stored = self.stored[service.name]
        handler = service.by_event[type(message.data)]
        states = load_states(handler.required_states, message, stored)
        decision = handler.decide(message, states, service.parameters)
        stored.update({StateRef(type(state), state.key): state for state in decision.states})
        return decision.events


def _message(name: str, time: datetime, origin: RequestRef, data: WireModel) -> Message[Any]:
    return Message(name, f"{TYPE_PREFIX}{type(data).__name__}.v1", time, origin, data)


def _note(outcome: Outcome, place: int, published: WireModel, *, of_dossiers: bool) -> None:
    """Record an event in the form of the calculator."""
    match published:
        case AccountingEntryPosted():
            outcome.rows.append(_row(published))
        case ClosingCompleted():
            outcome.closings.append(_closing(published))
        case ClosingRefused():
            rules = tuple(sorted(reason.rule for reason in published.reasons))
            outcome.closings.append(Closing(published.exercise, (), (), rules))
        case _ if type(published).__name__ not in BETWEEN_SERVICES:
            read = production_dossiers.fact if of_dossiers else _fact
            outcome.answers.append(read(place, published))


def _cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))


def _row(published: AccountingEntryPosted) -> Row:
    lines = (
        (
            line.ledger,
            line.account,
            _cents(line.debit),
            _cents(line.credit),
            line.origin_exercise,
            line.statistical_code,
        )
        for line in published.lines
    )
    return Row(
        published.kind,
        published.exercise,
        published.period,
        str(published.booked_on),
        (published.dossier_id, year_of(published.school_year)),
        published.siret,
        tuple(sorted(lines, key=repr)),
    )


def _closing(published: ClosingCompleted) -> Closing:
    return Closing(
        published.exercise,
        tuple(sorted((t.kind, t.count, _cents(t.amount)) for t in published.totals)),
        tuple(
            sorted(
                (t.ledger, t.account, _cents(t.debit), _cents(t.credit))
                for t in published.trial_balance
            )
        ),
    )


def _fact(place: int, published: Any) -> Fact:
    name = type(published).__name__
    start = year_of(published.school_year) if hasattr(published, "school_year") else 0
    right = (getattr(published, "dossier_id", ""), start)
    if hasattr(published, "reasons"):
        return Fact(place, name, right, _about(published) | {"rules": _rules(published.reasons)})
    return Fact(place, name, right, READ[name](published) if name in READ else {})


def _rules(reasons: Iterable[Any]) -> list[str]:
    return sorted({reason.rule for reason in reasons})


def _about(published: Any) -> Json:
    names = ("order_id", "exercise", "control_id", "reversal_id")
    return {name: getattr(published, name) for name in names if hasattr(published, name)}


def _cap(cap: Any) -> tuple[int, int, int, int, bool]:
    cut = (cap.cut_from_bonus, cap.cut_from_ps)
    return (_cents(cap.ceiling), _cents(cap.excess), _cents(cut[0]), _cents(cut[1]), cap.reached)


def _amounts(amounts: Iterable[Any]) -> list[tuple[int, int]]:
    return [(e.exercise, _cents(e.amount)) for e in amounts]


def _granted(published: Any) -> Json:
    return {
        "collectifs": sorted(
            (c.collectif_id, _cents(c.cost), _cents(c.ps), _cents(c.bonus))
            for c in published.collectifs
        ),
        "ps_total": _cents(published.ps_total),
        "bonus_total": _cents(published.bonus_total),
        "bonus_enfants": _cents(published.bonus_enfants),
        "bonus_parents": _cents(published.bonus_parents),
        "decided_on": str(published.decided_on),
        "parts": (_cents(published.part_n), _cents(published.part_n1)),
        "ceilings": (_cents(published.advance_ceiling_n), _cents(published.advance_ceiling_n1)),
        "cap80": _cap(published.cap80),
        "bareme": published.bareme.start_year,
        "envelopes": [(e.exercise, _cents(e.amount), e.status) for e in published.envelopes],
        "remarks": _rules(published.remarks),
    }


def _forecast(published: Any) -> Json:
    return {
        "verdict": published.verdict,
        "collectifs": sorted(
            (c.collectif_id, _cents(c.cost), _cents(c.ps), _cents(c.bonus))
            for c in published.collectifs
        ),
        "ps_total": _cents(published.ps_total),
        "bonus_total": _cents(published.bonus_total),
        "parts": (_cents(published.part_n), _cents(published.part_n1)),
        "ceilings": (_cents(published.advance_ceiling_n), _cents(published.advance_ceiling_n1)),
        "cap80": _cap(published.cap80),
        "bareme": published.bareme.start_year,
        "envelopes": [
            (
                e.exercise,
                _cents(e.amount),
                None if e.allotted is None else _cents(e.allotted),
                _cents(e.granted),
                _cents(e.waiting),
                None if e.left is None else _cents(e.left),
            )
            for e in published.envelopes
        ],
        "remarks": _rules(published.remarks),
    }


def _advance(published: Any) -> Json:
    return _about(published) | {"amount": _cents(published.amount), "on": str(published.ordered_on)}


def _reversed(published: Any) -> Json:
    return _about(published) | {
        "amount": _cents(published.amount),
        "on": str(published.reversed_on),
    }


def _settled(published: Any) -> Json:
    return {
        "on": str(published.settled_on),
        "ps": _cents(published.final_ps),
        "parts": (_cents(published.final_part_n), _cents(published.final_part_n1)),
        "bonus": _cents(published.final_bonus),
        "enfants": _cents(published.final_bonus_enfants),
        "parents": _cents(published.final_bonus_parents),
        "collectifs": sorted(
            (c.collectif_id, _cents(c.cost), _cents(c.ps), _cents(c.bonus), c.ran)
            for c in published.collectifs
        ),
        "advances": (_cents(published.advances_n), _cents(published.advances_n1)),
        "net": _cents(published.net),
        "indus": _amounts(published.indus),
        "cap80": _cap(published.cap80),
    }


def _cancelled(published: Any) -> Json:
    return {
        "on": str(published.cancelled_on),
        "advances": (_cents(published.advances_n), _cents(published.advances_n1)),
        "indus": _amounts(published.indus),
    }


def _adjusted(published: Any) -> Json:
    c = published.components
    return {
        "control_id": published.control_id,
        "on": str(published.decided_on),
        "kind": published.kind,
        "amount": _cents(published.amount),
        "by_origin": _amounts(published.by_origin),
        "components": tuple(map(_cents, (c.part_n, c.part_n1, c.bonus_enfants, c.bonus_parents))),
    }


READ = {
    "ConventionRegistered": lambda published: {"remarks": _rules(published.remarks)},
    "FundingForecast": _forecast,
    "FundingGranted": _granted,
    "AdvanceGranted": _advance,
    "AdvanceReversed": _reversed,
    "BalanceSettled": _settled,
    "FundingCancelled": _cancelled,
    "AdjustmentDecided": _adjusted,
}
