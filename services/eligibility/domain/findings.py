"""Findings of a check (outcome, French sentence, observed, expected) and their text helpers."""

from collections.abc import Iterable

from shared.contracts.eligibility import Finding, Outcome
from shared.kernel.rules import Step

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
        rule=rule,
        outcome="ok" if ok else otherwise,
        message="Conforme." if ok else failure,
        observed=shown(observed),
        expected=expected,
    )


def not_applicable(rule: str, because: str) -> Finding:
    """Return the finding of a check that does not apply, and why."""
    return Finding(
        rule=rule,
        outcome="not_applicable",
        message=f"Sans objet : {because}.",
        observed="sans objet",
        expected="sans objet",
    )


def as_step(finding: Finding, collectif_id: str | None = None) -> Step:
    """Return a finding as a step of the decision; a collectif's step starts with its id."""
    prefix = f"{collectif_id} : " if collectif_id else ""
    return Step(rule=finding.rule, outcome=finding.outcome, message=f"{prefix}{finding.message}")


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
