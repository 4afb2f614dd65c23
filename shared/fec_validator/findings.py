"""Findings of the validator: every one counted, the first of each rule listed."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from shared.fec_validator.rules import RULES, Severity

LISTED_PER_RULE = 20
VALUE_MAX = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `line` counts from 1, the header's; None for the file as a whole."""

    rule: str
    line: int | None
    column: str | None
    message: str

    @property
    def severity(self) -> Severity:
        """The severity of its rule."""
        return RULES[self.rule].severity


class Findings:
    """Collects findings; memory does not grow with their number."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._listed: list[Finding] = []

    def add(
        self, rule: str, message: str, line: int | None = None, column: str | None = None
    ) -> None:
        """Count a finding, and list it among the first of its rule."""
        self.counts[rule] += 1
        if self.counts[rule] <= LISTED_PER_RULE:
            self._listed.append(Finding(rule, line, column, message))

    def merge(self, other: "Findings") -> None:
        """Add the findings of another collection."""
        self.counts.update(other.counts)
        self._listed += other._listed  # noqa: SLF001 - of its own kind

    @property
    def listed(self) -> tuple[Finding, ...]:
        """The listed findings, in the order of the file, the first of each rule."""
        listed = Counter[str]()
        findings = []
        for finding in sorted(self._listed, key=_place):
            listed[finding.rule] += 1
            if listed[finding.rule] <= LISTED_PER_RULE:
                findings.append(finding)
        return tuple(findings)


def _place(finding: Finding) -> tuple[int, str]:
    return (finding.line or 0, finding.rule)


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a validation; amounts in euros, names in French.

    `numbering` names the scheme of entry numbers; `counts` holds the number of findings by rule,
    `findings` lists the first `LISTED_PER_RULE` of each.
    """

    name: str
    separator: str | None
    encoding: str | None
    line_end: str | None
    numbering: str | None
    lines: int
    entries: int
    debit: Decimal
    credit: Decimal
    counts: dict[str, int]
    findings: tuple[Finding, ...]

    @property
    def accepted(self) -> bool:
        """Whether the file was read and has no errors: warnings are accepted."""
        return self.read and not self.count("erreur")

    @property
    def read(self) -> bool:
        """Whether the file is of a form that is read; of another nothing is said."""
        return not self.count("non lu")

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The listed findings of severity `erreur`."""
        return tuple(finding for finding in self.findings if finding.severity == "erreur")

    def count(self, severity: Severity) -> int:
        """Return the number of findings of a severity."""
        return sum(n for rule, n in self.counts.items() if RULES[rule].severity == severity)


def quoted(value: str) -> str:
    """Return a value for a message: shortened, control characters escaped."""
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in value)
    return f"« {shown if len(shown) <= VALUE_MAX else f'{shown[:VALUE_MAX]}…'} »"
