"""What an assessment leaves to the committee, in French: one sentence per finding."""

from collections.abc import Iterable, Iterator, Mapping

from shared.contracts.eligibility import EligibilityAssessed, Finding, Outcome

HEADS: Mapping[Outcome, str] = {
    "breach": "Ne peut pas être accordé",
    "derogation": "Dérogation à accorder ou à refuser",
    "review": "À examiner",
}
"""By the outcomes that the committee deals with, in the order of the sentences."""


def open_points(assessed: EligibilityAssessed) -> tuple[str, ...]:
    """Return `Ne peut pas être accordé, C1 [ELI-23] : …` for each breach, then the other points.

    The points of the project come before those of its collectifs.
    """
    points = list(_points(assessed))
    return tuple(text for outcome in HEADS for kind, text in points if kind == outcome)


def _points(assessed: EligibilityAssessed) -> Iterator[tuple[Outcome, str]]:
    yield from _sentences(assessed.findings, "")
    for collectif in assessed.collectifs:
        yield from _sentences(collectif.findings, f", {collectif.collectif_id}")


def _sentences(findings: Iterable[Finding], of_what: str) -> Iterator[tuple[Outcome, str]]:
    for finding in findings:
        if head := HEADS.get(finding.outcome):
            yield finding.outcome, f"{head}{of_what} [{finding.rule}] : {finding.message}"
