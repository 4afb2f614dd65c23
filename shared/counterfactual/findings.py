"""The findings of a receipt; those of older receipts are completed from the events."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from shared.contracts import eligibility
from shared.contracts.base import WireModel
from shared.contracts.common import Ground
from shared.kernel.decision import Finding


def findings_of(
    steps: Iterable[dict[str, Any]], events: Sequence[WireModel]
) -> tuple[Finding, ...]:
    """Return the findings that a receipt holds as steps, in order.

    Receipts of release 0.3.0 have neither the observed nor the expected value: they are taken from
    the events of the decision, where those state them.
    """
    findings = tuple(Finding(**step) for step in steps)
    if any(finding.observed for finding in findings):
        return findings
    stated = tuple(_stated(events))
    if stated and len(stated) == len(findings):
        return tuple(
            finding._replace(observed=each.observed, expected=each.expected)
            for finding, each in zip(findings, stated, strict=True)
        )
    observed = {(ground.rule, ground.message): ground.observed for ground in _grounds(events)}
    return tuple(
        finding._replace(observed=observed.get((finding.rule, finding.message), ""))
        for finding in findings
    )


def _grounds(events: Iterable[WireModel]) -> Iterator[Ground]:
    """Yield the grounds for refusal that events state."""
    for event in events:
        for reason in (*getattr(event, "grounds", ()), *getattr(event, "reasons", ())):
            if isinstance(reason, Ground):
                yield reason


def _stated(events: Iterable[WireModel]) -> Iterator[eligibility.Finding]:
    """Yield the findings that an assessment states."""
    for event in events:
        if isinstance(event, eligibility.EligibilityAssessed):
            yield from event.findings
            for collectif in event.collectifs:
                yield from collectif.findings
