"""A table of rules gives a finding for each rule: satisfied, violated or not applicable."""

from shared.contracts.common import Ground, Reason
from shared.kernel.decision import Finding
from shared.kernel.rules import (
    Rule,
    breach,
    computed,
    document,
    evaluate_all,
    evaluate_until_first,
    grounds,
    not_applicable,
    reasons,
)

NEGATIVE = breach("TEC-01", "Le nombre est négatif.", observed="-1")
ODD = breach("TEC-03", "Le nombre est impair.")


def negative(number: int) -> Finding | None:
    return NEGATIVE if number < 0 else None


def odd(number: int) -> Finding | None:
    if not number:
        return not_applicable("TEC-02", "zéro n'est ni pair ni impair")
    return ODD if number % 2 else None


RULES = (
    Rule("TEC-01", negative, "Le nombre est positif."),
    Rule("TEC-02", odd, "Le nombre est pair."),
)
POSITIVE = Finding("TEC-01", "ok", "Le nombre est positif.")
EVEN = Finding("TEC-02", "ok", "Le nombre est pair.")


def test_a_rule_that_holds_has_its_finding_too() -> None:
    assert evaluate_all(RULES, 2) == (POSITIVE, EVEN)


def test_all_rules_are_evaluated_and_a_breach_may_name_a_finer_rule() -> None:
    assert evaluate_all(RULES, -1) == (NEGATIVE, ODD)


def test_until_the_first_breach_nothing_follows_it() -> None:
    assert evaluate_until_first(RULES, -1) == (NEGATIVE,)
    assert evaluate_until_first(RULES, 1) == (POSITIVE, ODD)
    assert evaluate_until_first(RULES, 2) == (POSITIVE, EVEN)


def test_a_rule_that_does_not_apply_says_why_and_ends_nothing() -> None:
    finding = Finding("TEC-02", "not_applicable", "Sans objet : zéro n'est ni pair ni impair.")

    assert evaluate_until_first(RULES, 0) == (POSITIVE, finding)


def test_a_rule_without_a_sentence_for_success_adds_nothing_where_it_holds() -> None:
    silent = (Rule("TEC-01", negative, ""),)

    assert evaluate_all(silent, 1) == ()
    assert evaluate_all(silent, -1) == (NEGATIVE,)


def test_a_rule_that_is_not_in_force_yet_says_nothing() -> None:
    def above_ten(number: int) -> bool:
        return number > 10

    later = (Rule("TEC-02", odd, "Le nombre est pair.", in_force=above_ten),)

    assert evaluate_all(later, 9) == ()
    assert evaluate_all(later, 11) == (ODD,)
    assert evaluate_all(later, 12) == (EVEN,)


def test_only_breaches_become_the_reasons_and_grounds_of_an_event() -> None:
    findings = (POSITIVE, NEGATIVE, Finding("TEC-02", "review", "À apprécier."))

    assert reasons(findings) == (Reason(rule="TEC-01", message="Le nombre est négatif."),)
    assert grounds(findings) == (
        Ground(rule="TEC-01", message="Le nombre est négatif.", observed="-1"),
    )


def test_a_computation_gives_its_amounts_as_text() -> None:
    finding = computed("PRX-01", "32,5 % de 100,00 €", ps="32.50", children=8)

    assert (finding.rule, finding.outcome) == ("PRX-01", "computed")
    assert finding.amounts == {"ps": "32.50", "children": "8"}


def test_a_receipt_stores_a_finding_without_its_blank_texts() -> None:
    assert document(POSITIVE) == {
        "rule": "TEC-01",
        "outcome": "ok",
        "message": "Le nombre est positif.",
        "amounts": {},
    }
    assert document(NEGATIVE)["observed"] == "-1"
    assert "expected" not in document(NEGATIVE)
