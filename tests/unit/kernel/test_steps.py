"""A table of rules gives a step for each rule: satisfied, violated or not applicable."""

from shared.contracts.common import Reason
from shared.kernel.rules import Rule, Step, computed, evaluate_all, evaluate_until_first

NEGATIVE = Reason(rule="TEC-01", message="Le nombre est négatif.")
ODD = Reason(rule="TEC-03", message="Le nombre est impair.")


def negative(number: int) -> Reason | None:
    return NEGATIVE if number < 0 else None


def odd(number: int) -> Reason | None:
    return ODD if number % 2 else None


def zero(number: int) -> str | None:
    return None if number else "zéro n'est ni pair ni impair"


CHECKS = (
    Rule("TEC-01", "Le nombre est positif.", negative),
    Rule("TEC-02", "Le nombre est pair.", odd, not_applicable=zero),
)
POSITIVE = Step(rule="TEC-01", outcome="ok", message="Le nombre est positif.")
EVEN = Step(rule="TEC-02", outcome="ok", message="Le nombre est pair.")


def test_what_holds_is_told_too() -> None:
    evaluation = evaluate_all(CHECKS, 2)

    assert evaluation.steps == (POSITIVE, EVEN)
    assert evaluation.reasons == ()


def test_nothing_stops_at_the_first_breach_and_a_reason_may_name_a_finer_rule() -> None:
    evaluation = evaluate_all(CHECKS, -1)

    assert evaluation.reasons == (NEGATIVE, ODD)
    assert [(step.rule, step.outcome, step.message) for step in evaluation.steps] == [
        ("TEC-01", "breach", "Le nombre est négatif."),
        ("TEC-03", "breach", "Le nombre est impair."),
    ]


def test_in_turn_the_first_breach_ends_it() -> None:
    assert evaluate_until_first(CHECKS, -1).reasons == (NEGATIVE,)
    assert len(evaluate_until_first(CHECKS, -1).steps) == 1
    assert evaluate_until_first(CHECKS, 1).reasons == (ODD,)
    assert evaluate_until_first(CHECKS, 2) == evaluate_all(CHECKS, 2)


def test_a_check_that_has_nothing_to_judge_says_why() -> None:
    evaluation = evaluate_all(CHECKS, 0)

    assert evaluation.reasons == ()
    assert evaluation.steps[1] == Step(
        rule="TEC-02",
        outcome="not_applicable",
        message="Sans objet : zéro n'est ni pair ni impair.",
    )


def test_a_computation_tells_its_amounts_as_text() -> None:
    step = computed("PRX-01", "32,5 % de 100,00 €", ps="32.50", children=8)

    assert (step.rule, step.outcome) == ("PRX-01", "computed")
    assert step.amounts == {"ps": "32.50", "children": "8"}
