"""A request declares its key and its owner; duplicates and other Cafs are answered for all."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from shared.contracts.base import content_hash
from shared.contracts.caf import ConventionSigned
from shared.contracts.common import RequestRefused
from shared.contracts.funding import ConventionRegistered
from shared.kernel.decision import NO_CHANGE, Decision, Finding, Message, States
from shared.kernel.requests import Once, Owner, Request
from shared.kernel.rules import Rule, breach, reasons
from tests.support.decide import message_of


@dataclass(frozen=True)
class Context:
    """A convention, and the one that was accepted before."""

    signed: ConventionSigned
    accepted: ConventionSigned | None = None


def signed(caf: str = "761", day: str = "2025-11-05") -> ConventionSigned:
    return ConventionSigned.model_validate_json(
        f'{{"caf": "{caf}", "dossier_id": "D-1", "signed_on": "{day}"}}'
    )


def accepted(context: Context) -> str | None:
    return content_hash(context.accepted) if context.accepted else None


def other_content(context: Context) -> str:
    return f"Déjà signée le {context.accepted.signed_on}." if context.accepted else ""


def owner(_: Context) -> str:
    return "761"


def other_caf(context: Context) -> str:
    return f"Pas la Caf {context.signed.caf}."


def too_early(context: Context) -> Finding | None:
    return breach("CNV-01", "Trop tôt.") if context.signed.signed_on.year < 2025 else None


def accept(context: Context, findings: tuple[Finding, ...]) -> Decision:
    answer = ConventionRegistered(caf=context.signed.caf, dossier_id="D-1")
    return Decision(events=(answer,), findings=findings)


def refuse(message: Message[Any], _: States, findings: tuple[Finding, ...]) -> Decision:
    refusal = RequestRefused(
        event_id=message.id, event_type=message.type, caf=None, reasons=reasons(findings)
    )
    return Decision(events=(refusal,), findings=findings)


def context_with(before: ConventionSigned | None) -> Callable[..., Context]:
    def context(message: Message[Any], _states: States, _parameters: Any) -> Context:
        return Context(message.data, before)

    return context


ONCE: Once[Context] = Once(accepted=accepted, sentence=other_content, success_text="Nouvelle.")
OWNER: Owner[Context] = Owner(caf=owner, sentence=other_caf, success_text="La Caf du dossier.")
REQUEST: Request[Context] = Request(
    context=context_with(None),
    accept=accept,
    refuse=refuse,
    gates=(ONCE,),
    rules=(OWNER, Rule("CNV-01", too_early, "À temps.")),
)


def decided(request: Request[Context], data: ConventionSigned) -> Decision:
    return request(message_of(data), States({}), None)


def outcomes(decision: Decision) -> list[tuple[str, str]]:
    return [(finding.rule, finding.outcome) for finding in decision.findings]


def test_a_new_request_is_accepted_with_what_was_found() -> None:
    decision = decided(REQUEST, signed())

    assert outcomes(decision) == [("TEC-01", "ok"), ("TEC-03", "ok"), ("CNV-01", "ok")]
    assert decision.events == (ConventionRegistered(caf="761", dossier_id="D-1"),)


def test_the_same_content_again_changes_nothing_and_is_not_answered() -> None:
    request = replace(REQUEST, context=context_with(signed()))

    assert decided(request, signed()) is NO_CHANGE


def test_other_content_under_the_same_key_is_refused_alone_at_a_gate() -> None:
    request = replace(REQUEST, context=context_with(signed(day="2025-10-01")))

    (refusal,) = decided(request, signed(caf="751")).events

    assert isinstance(refusal, RequestRefused)
    assert [(reason.rule, reason.message) for reason in refusal.reasons] == [
        ("TEC-01", "Déjà signée le 2025-10-01.")
    ]


def test_another_caf_is_refused_with_the_other_breaches_where_it_is_no_gate() -> None:
    decision = decided(REQUEST, signed(caf="751", day="2024-01-01"))

    assert outcomes(decision) == [("TEC-01", "ok"), ("TEC-03", "breach"), ("CNV-01", "breach")]
    assert not decision.states


def test_another_caf_is_refused_alone_where_it_is_a_gate() -> None:
    request = replace(REQUEST, gates=(OWNER, ONCE), rules=REQUEST.rules)

    decision = decided(request, signed(caf="751", day="2024-01-01"))

    assert outcomes(decision) == [("TEC-03", "breach")]


def test_content_may_be_less_than_the_whole_message() -> None:
    def year(context: Context) -> str:
        return str(context.signed.signed_on.year)

    once = replace(ONCE, content=year, accepted=lambda _: "2025")
    request = replace(REQUEST, gates=(once,))

    assert decided(request, signed(day="2025-01-31")) is NO_CHANGE
    assert outcomes(decided(request, signed(day="2026-01-31"))) == [("TEC-01", "breach")]


def test_the_content_is_not_computed_where_nothing_was_accepted_before() -> None:
    def content(_: Context) -> str:
        raise AssertionError

    request = replace(REQUEST, gates=(replace(ONCE, content=content),))

    assert outcomes(decided(request, signed()))[0] == ("TEC-01", "ok")


def test_without_anything_to_evaluate_the_context_is_the_only_finding() -> None:
    def nothing(*_: Any) -> Finding:
        return breach("COM-05", "Rien n'est accordé.")

    decision = decided(replace(REQUEST, context=nothing), signed())

    assert outcomes(decision) == [("COM-05", "breach")]


def test_rules_may_depend_on_the_context() -> None:
    def rules(context: Context) -> tuple[Rule[Context], ...]:
        return (Rule("CNV-01", too_early),) if context.signed.caf == "761" else ()

    request = replace(REQUEST, gates=(), rules=rules)

    assert outcomes(decided(request, signed())) == [("CNV-01", "ok")]
    assert outcomes(decided(request, signed(caf="751"))) == []
