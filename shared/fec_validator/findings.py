"""What a check found: every fault counted, the first of each rule told."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from shared.fec_validator.rules import RULES, Severity

TOLD_PER_RULE = 20
VALUE_MAX = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `line` counts from 1, the header's; None where it is of the file as a whole."""

    rule: str
    line: int | None
    column: str | None
    message: str

    @property
    def severity(self) -> Severity:
        """Whether it has the file refused."""
        return RULES[self.rule].severity


class Findings:
    """Faults as they come; memory does not grow with their number."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._told: list[Finding] = []

    def add(
        self, rule: str, message: str, line: int | None = None, column: str | None = None
    ) -> None:
        """Count a fault, and keep it while few of its rule are told."""
        self.counts[rule] += 1
        if self.counts[rule] <= TOLD_PER_RULE:
            self._told.append(Finding(rule, line, column, message))

    def take(self, others: "Findings") -> None:
        """Add what was found elsewhere."""
        self.counts.update(others.counts)
        self._told += others._told  # noqa: SLF001 - of its own kind

    @property
    def told(self) -> tuple[Finding, ...]:
        """The faults that are told, as they stand in the file."""
        return tuple(sorted(self._told, key=lambda found: (found.line or 0, found.rule)))


@dataclass(frozen=True, slots=True)
class Report:
    """What a file is and what is wrong with it; amounts in euros, names in French.

    `numbering` tells how entries are numbered; `counts` holds every fault by rule, `findings`
    the first of each.
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
        """Whether nothing but warnings was found."""
        return not self.count("erreur")

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The faults that have the file refused, as far as they are told."""
        return tuple(found for found in self.findings if found.severity == "erreur")

    def count(self, severity: Severity) -> int:
        """Return how many faults of a severity there are."""
        return sum(n for rule, n in self.counts.items() if RULES[rule].severity == severity)


def quoted(value: str) -> str:
    """Return a value as a message shows it: short, its control characters written out."""
    shown = "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in value)
    return f"« {shown if len(shown) <= VALUE_MAX else f'{shown[:VALUE_MAX]}…'} »"
