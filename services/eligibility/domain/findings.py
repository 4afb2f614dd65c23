"""Findings of eligibility's checks: always with what was observed and expected; text helpers."""

from collections.abc import Iterable

from shared.contracts import eligibility
from shared.kernel.decision import Finding, Outcome

SHOWN_MAX = 200
"""Maximum length of an observed text: a dossier may hold a megabyte of free text."""


def finding(  # noqa: PLR0913 - a finding has that many parts
    rule: str,
    *,
    ok: bool,
    observed: str,
    expected: str,
    failure: str,
    otherwise: Outcome = "breach",
) -> Finding:
    """Return the finding of a check that applies; `failure` is its sentence when it fails."""
    return Finding(
        rule,
        "ok" if ok else otherwise,
        "Conforme." if ok else failure,
        shown(observed),
        expected,
    )


def not_applicable(rule: str, because: str) -> Finding:
    """Return the finding of a check that does not apply, and why."""
    return Finding(rule, "not_applicable", f"Sans objet : {because}.", "sans objet", "sans objet")


def wire_finding(finding: Finding) -> eligibility.Finding:
    """Return a finding as `EligibilityAssessed` states it."""
    assert finding.outcome != "computed", "a check computes nothing"
    return eligibility.Finding(
        rule=finding.rule,
        outcome=finding.outcome,
        message=finding.message,
        observed=finding.observed,
        expected=finding.expected,
    )


def named(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts that are not blank."""
    return tuple(text for text in texts if text)


def listed(texts: Iterable[str], nothing: str = "néant", most: int = SHOWN_MAX) -> str:
    """Return texts joined in one line, such as `ctg, ecole`; `nothing` when there are none."""
    return shown(", ".join(texts), most) or nothing


def shown(text: str, most: int = SHOWN_MAX) -> str:
    """Return a text cut to `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def counted(number: int, noun: str) -> str:
    """Return `1 enfant` or `8 enfants`."""
    return f"{number} {noun}" if number <= 1 else f"{number} {noun}s"


def yes(value: bool) -> str:  # noqa: FBT001 - it formats a boolean
    """Return `oui` or `non`."""
    return "oui" if value else "non"
