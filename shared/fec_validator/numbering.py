"""Continuity of entry numbers, within each journal or over all journals."""

import re
from bisect import bisect_right, insort
from operator import attrgetter
from typing import NamedTuple

from shared.fec_validator.findings import Findings, quoted

SERIES_MAX = 10_000
"""How many sequences (journals, months, establishments) are followed: a bound on memory."""
GAPS_MAX = 100_000
"""How many gaps may still be filled by later lines: a bound on memory."""
_NUMBER = re.compile(r"(.*?)([0-9]{1,18})", re.DOTALL)
BY_JOURNAL = "par journal"
OVER_ALL = "sur tous les journaux"
Series = tuple[str, str]
"""A journal, blank over all journals, and what stands before the number."""


class Numbering:
    """Follows both numbering schemes at once; the one with fewer findings is the file's."""

    def __init__(self) -> None:
        self._unnumbered = Findings()
        self._schemes = {BY_JOURNAL: _Scheme(), OVER_ALL: _Scheme()}

    def add(self, line: int, journal: str, entry: str) -> None:
        """Add the number of the next entry."""
        if not (match := _NUMBER.fullmatch(entry)):
            message = f"{quoted(entry)} ne finit pas par un nombre."
            self._unnumbered.add("FEC-35", message, line, "EcritureNum")
            return
        prefix, number = match[1], int(match[2])
        self._schemes[BY_JOURNAL].add(line, (journal, prefix), number)
        self._schemes[OVER_ALL].add(line, ("", prefix), number)

    def close(self, findings: Findings, *, in_order: bool) -> str:
        """Report the findings of the file's numbering scheme, and return its French name.

        Unless entries are `in_order`, their first lines need not be in that of their numbers.
        """
        closed = {name: one.close(in_order=in_order) for name, one in self._schemes.items()}
        scheme = min(closed, key=lambda name: closed[name].counts.total())
        findings.merge(closed[scheme])
        findings.merge(self._unnumbered)
        return scheme


class _Gap(NamedTuple):
    """The numbers from `first` to `until`: missing where, on a line, `number` follows `last`."""

    first: int
    until: int
    last: int
    number: int
    line: int


class _Scheme:
    """The first and last number of each sequence, by journal and prefix, under one scheme."""

    def __init__(self) -> None:
        self._findings, self._late = Findings(), Findings()
        self._spans: dict[Series, tuple[int, int]] = {}
        self._gaps: dict[Series, list[_Gap]] = {}
        self._gap_count = 0

    def add(self, line: int, series: Series, number: int) -> None:
        """Add the number of an entry to its sequence."""
        span = self._spans.get(series)
        if span is None:
            self._begin(line, series, number)
            return
        first, last = span
        if number == last + 1:
            self._spans[series] = (first, number)
            return
        if number > last:
            self._add_gap(series, _Gap(last + 1, number - 1, last, number, line))
        else:
            before = number < first
            findings = self._late if before or self._fill(series, number) else self._findings
            message = f"le numéro {number} vient après {last} : déjà pris, ou pas dans l’ordre."
            findings.add("FEC-34", message, line, "EcritureNum")
            if number < first - 1:
                self._add_gap(series, _Gap(number + 1, first - 1, number, first, line))
        self._spans[series] = (min(first, number), max(last, number))

    def _begin(self, line: int, series: Series, number: int) -> None:
        if len(self._spans) < SERIES_MAX:
            self._spans[series] = (number, number)
            return
        message = f"plus de {SERIES_MAX} séquences : la suite de celle-ci n’est pas vérifiée."
        self._findings.add("FEC-35", message, line, "EcritureNum")

    def close(self, *, in_order: bool) -> Findings:
        """Return the findings: gaps that stayed, and numbers taken twice or out of order."""
        for gap in (gap for gaps in self._gaps.values() for gap in gaps):
            self._report(gap)
        if in_order:
            self._findings.merge(self._late)
        return self._findings

    def _add_gap(self, series: Series, gap: _Gap) -> None:
        if self._gap_count >= GAPS_MAX:
            self._report(gap)
            return
        self._gap_count += 1
        insort(self._gaps.setdefault(series, []), gap, key=attrgetter("first"))

    def _fill(self, series: Series, number: int) -> bool:
        """Take a number out of the gap that it is in; return whether there was one."""
        gaps = self._gaps.get(series, [])
        place = bisect_right(gaps, number, key=attrgetter("first")) - 1
        if place < 0 or number > (gap := gaps[place]).until:
            return False
        parts = (gap._replace(until=number - 1), gap._replace(first=number + 1))
        left = [part for part in parts if part.first <= part.until]
        self._gap_count += len(left) - 1
        gaps[place : place + 1] = left
        return True

    def _report(self, gap: _Gap) -> None:
        missing = (
            f"{gap.first} manque"
            if gap.first == gap.until
            else f"{gap.first} à {gap.until} manquent"
        )
        message = f"le numéro {gap.number} suit {gap.last} : {missing}."
        self._findings.add("FEC-33", message, gap.line, "EcritureNum")
