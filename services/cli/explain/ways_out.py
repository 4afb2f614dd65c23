"""What may be done after a decision that refuses, adjourns or defers.

A rule has its way out in the catalogue of rules, an answer that names no rule in `ways_out.yaml`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from services.cli.rules.catalogue import rule_of
from services.submission.counterfactual import deposit_window
from shared.contracts.base import WireModel
from shared.contracts.eligibility import EligibilityAssessed
from shared.contracts.submission import DossierHeld
from shared.counterfactual.decision import StoredDecision
from shared.french import long_date, typeset
from shared.yaml import read_yaml

NEXT_CALL = "ou à l’appel à projets suivant"


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
        for rule, sentence in _of_event(event, decision.name):
            rules_by_sentence.setdefault(sentence, []).extend(rule)
    deposit = _deposit(decision)
    return tuple(
        WayOut(tuple(dict.fromkeys(rules)), typeset(sentence.format(deposit=deposit)))
        for sentence, rules in rules_by_sentence.items()
    )


def way_out_texts(decision: StoredDecision) -> Iterator[str]:
    """Yield `Suite possible [REC-14, REC-15] : …` for each way out."""
    for way_out in ways_out(decision):
        rules = f" [{', '.join(way_out.rules)}]" if way_out.rules else ""
        yield f"Suite possible{rules} : {way_out.sentence}"


def _of_event(event: WireModel, request: str) -> Iterator[tuple[tuple[str, ...], str]]:
    for reason in (*getattr(event, "grounds", ()), *getattr(event, "reasons", ())):
        rule = rule_of(reason.rule)
        if rule and (sentence := rule.way_out_of(request)):
            yield (reason.rule,), sentence
    if sentence := after_answers().get(_answer(event)):
        yield (), sentence


def _answer(event: WireModel) -> str:
    name = type(event).__name__
    if isinstance(event, DossierHeld):
        return f"{name} {event.waits_for}"
    return f"{name} {event.verdict}" if isinstance(event, EligibilityAssessed) else name


def _deposit(decision: StoredDecision) -> str:
    """Return until when a dossier may be deposited, with the last day where it is known."""
    if window := deposit_window(decision):
        return f"jusqu’au {long_date(window[1])} inclus {NEXT_CALL}"
    return f"pendant la période de dépôt {NEXT_CALL}"
