"""What may be done after a decision that refuses, adjourns or defers.

A rule has its way out in the catalogue of rules, an answer that names no rule in `ways_out.yaml`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from services.cli.rules.catalogue import rule_of
from services.submission.counterfactual import (
    deposit_window,
    passed_closing_day,
    was_deposited_before,
)
from shared.contracts.base import WireModel
from shared.contracts.caf import AdvanceOrdered
from shared.contracts.eligibility import AgrementRefused, DossierReopened, EligibilityAssessed
from shared.contracts.submission import DossierHeld
from shared.counterfactual.decision import StoredDecision
from shared.french import long_date, typeset
from shared.yaml import read_yaml

NEXT_CALL = "à l’appel à projets suivant"


@dataclass(frozen=True, slots=True)
class WayOut:
    """What may be done next, in French, and the rules whose refusals leave this way out."""

    rules: tuple[str, ...]
    sentence: str


@cache
def after_answers() -> dict[str, str]:
    """Return the ways out after answers that name no rule, by answer."""
    sentences: dict[str, str] = read_yaml(files("services.cli.explain").joinpath("ways_out.yaml"))
    return sentences


def ways_out(decision: StoredDecision) -> tuple[WayOut, ...]:
    """Return the ways out of a decision, one for each different sentence; none if favourable."""
    rules_by_sentence: dict[str, list[str]] = {}
    for event in decision.events:
        for rule, sentence in _of_event(event, decision):
            rules_by_sentence.setdefault(sentence, []).extend(rule)
    return tuple(
        WayOut(tuple(dict.fromkeys(rules)), typeset(sentence))
        for sentence, rules in rules_by_sentence.items()
    )


def way_out_texts(decision: StoredDecision) -> Iterator[str]:
    """Yield `Suite possible [REC-14, REC-15] : …` for each way out."""
    for way_out in ways_out(decision):
        rules = f" [{', '.join(way_out.rules)}]" if way_out.rules else ""
        yield f"Suite possible{rules} : {way_out.sentence}"


def _of_event(event: WireModel, decision: StoredDecision) -> Iterator[tuple[tuple[str, ...], str]]:
    grounds = () if isinstance(event, DossierReopened) else getattr(event, "grounds", ())
    for reason in (*grounds, *getattr(event, "reasons", ())):
        if sentence := _of_rule(reason.rule, decision):
            yield (reason.rule,), sentence.format(deposit=_deposit(decision, reason.rule))
    if sentence := after_answers().get(_answer(event)):
        yield (), sentence.format(deposit=_deposit(decision))


def _of_rule(rule_id: str, decision: StoredDecision) -> str | None:
    """Return the way out of a rule, the late one where the other one is over; None without any."""
    rule = rule_of(rule_id)
    if rule is None:
        return None
    if rule.late_way_out and (over := OVER[rule_id](decision)):
        return rule.late_way_out.format(over=over)
    return rule.way_out_of(decision.name)


def _closed_deposits(decision: StoredDecision) -> str | None:
    last = passed_closing_day(decision)
    return long_date(last) if last else None


def _no_revision_since(decision: StoredDecision) -> str | None:
    return None if was_deposited_before(decision) else _closed_deposits(decision)


def _past_exercise(decision: StoredDecision) -> str | None:
    order = decision.event.data
    if isinstance(order, AdvanceOrdered) and order.exercise < order.ordered_on.year:
        return str(order.exercise)
    return None


def _refused_agrement(decision: StoredDecision) -> str | None:
    events = decision.events_before
    return next(
        (type(event).__name__ for event in events if isinstance(event, AgrementRefused)), None
    )


OVER: Mapping[str, Callable[[StoredDecision], str | None]] = {
    **dict.fromkeys(("REC-02", "REC-04", "REC-07", "REC-08", "REC-11"), _no_revision_since),
    "ACO-04": _past_exercise,
    "COM-05": _refused_agrement,
}
"""By rule with a late way out: since when the other one is over, as text; None while it is not."""


def _answer(event: WireModel) -> str:
    name = type(event).__name__
    if isinstance(event, DossierHeld):
        return f"{name} {event.waits_for}"
    return f"{name} {event.verdict}" if isinstance(event, EligibilityAssessed) else name


def _deposit(decision: StoredDecision, rule: str | None = None) -> str:
    """Return when a new dossier may be deposited, with the last day where it is known.

    Where the rule lets a revision come after that day, the new dossier is the alternative.
    """
    if closed := _closed_deposits(decision):
        if rule in OVER:
            return f"ou {NEXT_CALL}"
        return f"{NEXT_CALL}, la période de dépôt étant close depuis le {closed}"
    if window := deposit_window(decision):
        return f"jusqu’au {long_date(window[1])} inclus ou {NEXT_CALL}"
    return f"pendant la période de dépôt ou {NEXT_CALL}"
