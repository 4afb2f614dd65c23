"""What may be done after a decision that refuses, adjourns or defers, from `ways_out.yaml`."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

from services.submission.counterfactual import deposit_window
from shared.contracts.base import WireModel
from shared.contracts.eligibility import EligibilityAssessed
from shared.counterfactual.decision import StoredDecision
from shared.french import long_date, typeset

NEXT_CALL = "ou à l’appel à projets suivant"


class WaysOut(BaseModel):
    """The sentences: by rule (and request), and by answer that names no rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: dict[str, str | dict[str, str]]
    answers: dict[str, str]

    def after(self, rule: str, request: str) -> str | None:
        """Return the way out of a request that a rule refuses, None where the table has none."""
        entry = self.rules.get(rule)
        return entry.get(request) if isinstance(entry, dict) else entry


@dataclass(frozen=True, slots=True)
class WayOut:
    """What may be done next, in French, and the rules whose refusals leave this way out."""

    rules: tuple[str, ...]
    sentence: str


@cache
def table() -> WaysOut:
    """Return the table of ways out."""
    text = files("services.cli.explain").joinpath("ways_out.yaml").read_text(encoding="utf-8")
    return WaysOut.model_validate(yaml.safe_load(text))


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
        if sentence := table().after(reason.rule, request):
            yield (reason.rule,), sentence
    if sentence := table().answers.get(_answer(event)):
        yield (), sentence


def _answer(event: WireModel) -> str:
    name = type(event).__name__
    return f"{name} {event.verdict}" if isinstance(event, EligibilityAssessed) else name


def _deposit(decision: StoredDecision) -> str:
    """Return until when a dossier may be deposited, with the last day where it is known."""
    if window := deposit_window(decision):
        return f"jusqu’au {long_date(window[1])} inclus {NEXT_CALL}"
    return f"pendant la période de dépôt {NEXT_CALL}"
