"""Requests that are accepted once, and only from the Caf of their dossier.

A request declares how it is recognised and to whom its dossier belongs; what follows is the same
for all requests and is decided here:

- the content accepted before under the same business key, again: nothing changes, nothing is said;
- other content under that key: refused [TEC-01];
- another Caf than the dossier's: refused [TEC-03];
- a breach of any other rule: refused with all that was found. A refused request leaves no trace,
  and is evaluated anew when it comes again.

The business key of an event is in the contract registry (`EventSpec.key`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from shared.contracts.base import content_hash
from shared.contracts.common import RequestRefused
from shared.kernel.decision import NO_CHANGE, Decision, Finding, Message, States
from shared.kernel.rules import (
    Rule,
    breach,
    breaches,
    evaluate_all,
    evaluate_until_first,
    reasons,
)

C = TypeVar("C")


@dataclass(frozen=True, slots=True, kw_only=True)
class Once(Generic[C]):
    """A request is accepted with one content.

    `accepted` returns the content accepted under the business key, None before. It is compared with
    `content`, by default the content hash of the message. `sentence` and `observed` are French
    texts of the refusal of another content; `success_text` that of a request that is new.
    """

    accepted: Callable[[C], str | None]
    sentence: Callable[[C], str]
    content: Callable[[C], str] | None = None
    observed: Callable[[C], str] | None = None
    success_text: str = ""
    rule: str = "TEC-01"

    def repeats(self, message: Message[Any], context: C) -> bool:
        """Return whether a request with this content was accepted before."""
        accepted = self.accepted(context)
        if accepted is None:
            return False
        return accepted == (self.content(context) if self.content else content_hash(message.data))

    def bound(self, message: Message[Any]) -> Rule[C]:  # noqa: ARG002 - as `Owner.bound`
        """Return this declaration as a rule; a request that repeats was answered before."""
        return Rule(self.rule, self._other_content, self.success_text)

    def _other_content(self, context: C) -> Finding | None:
        if self.accepted(context) is None:
            return None
        observed = self.observed(context) if self.observed else ""
        return breach(self.rule, self.sentence(context), observed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner(Generic[C]):
    """A request comes from the Caf that its dossier belongs to.

    `caf` returns that Caf; `sentence` the French text that refuses another Caf; `success_text` is
    the one of a request from the dossier's Caf.
    """

    caf: Callable[[C], str]
    sentence: Callable[[C], str]
    success_text: str = ""
    rule: str = "TEC-03"

    def bound(self, message: Message[Any]) -> Rule[C]:
        """Return this declaration as a rule for the sender of a message."""
        return Rule(self.rule, partial(self._other_caf, message.data.caf), self.success_text)

    def _other_caf(self, sender: str, context: C) -> Finding | None:
        return None if sender == self.caf(context) else breach(self.rule, self.sentence(context))


Requirement = Rule[C] | Once[C] | Owner[C]
Requirements = tuple[Requirement[C], ...] | Callable[[C], tuple[Requirement[C], ...]]


def refuse_request(
    message: Message[Any],
    states: States,  # noqa: ARG001 - a refusal event of a dossier may need them
    findings: tuple[Finding, ...],
) -> Decision:
    """Return the refusal of a request whose type has no refusal event: `RequestRefused`."""
    refused = RequestRefused(
        event_id=message.id,
        event_type=message.type,
        caf=getattr(message.data, "caf", None),
        reasons=reasons(findings),
    )
    return Decision(events=(refused,), findings=findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[C]):
    """The decision on a request, as a row of a handler table declares it.

    `context` returns what rules and answers read, or the breach that ends the evaluation because
    there is nothing to evaluate. The first breach of `gates` ends the evaluation; `rules` are
    evaluated all. `accept` and `refuse` return the decision; they get the findings.
    """

    context: Callable[[Message[Any], States, Any], C | Finding]
    accept: Callable[[C, tuple[Finding, ...]], Decision]
    refuse: Callable[[Message[Any], States, tuple[Finding, ...]], Decision] = refuse_request
    gates: Requirements[C] = ()
    rules: Requirements[C] = ()

    def __call__(self, message: Message[Any], states: States, parameters: Any) -> Decision:
        """Decide on a message."""
        context = self.context(message, states, parameters)
        if isinstance(context, Finding):
            return self.refuse(message, states, (context,))
        gates, rules = _of(self.gates, context), _of(self.rules, context)
        if any(once.repeats(message, context) for once in (*gates, *rules) if type(once) is Once):
            return NO_CHANGE
        findings = evaluate_until_first(_bound(gates, message), context)
        if not any(breaches(findings)):
            findings += evaluate_all(_bound(rules, message), context)
        if any(breaches(findings)):
            return self.refuse(message, states, findings)
        return self.accept(context, findings)


def _of(requirements: Requirements[C], context: C) -> tuple[Requirement[C], ...]:
    return requirements(context) if callable(requirements) else requirements


def _bound(requirements: Iterable[Requirement[C]], message: Message[Any]) -> Iterator[Rule[C]]:
    return (each if isinstance(each, Rule) else each.bound(message) for each in requirements)
