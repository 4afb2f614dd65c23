"""Continuity of entry numbers, within each journal or over all journals."""

import re

from shared.fec_validator.findings import Findings, quoted

SERIES_MAX = 10_000
"""How many sequences (journals, months, establishments) are followed: a bound on memory."""
_NUMBER = re.compile(r"(.*?)([0-9]{1,18})", re.DOTALL)
BY_JOURNAL = "par journal"
OVER_ALL = "sur tous les journaux"


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

    def close(self, findings: Findings) -> str:
        """Report the findings of the file's numbering scheme, and return its French name."""
        scheme = min(self._schemes, key=lambda name: self._schemes[name].findings.counts.total())
        findings.merge(self._schemes[scheme].findings)
        findings.merge(self._unnumbered)
        return scheme


class _Scheme:
    """The last number of each sequence, by journal and prefix, under one numbering scheme."""

    def __init__(self) -> None:
        self.findings = Findings()
        self._last: dict[tuple[str, str], int] = {}

    def add(self, line: int, series: tuple[str, str], number: int) -> None:
        last = self._last.get(series)
        if last is None:
            if len(self._last) < SERIES_MAX:
                self._last[series] = number
            else:
                message = (
                    f"plus de {SERIES_MAX} séquences : la suite de celle-ci n’est pas vérifiée."
                )
                self.findings.add("FEC-35", message, line, "EcritureNum")
            return
        if number > last + 1:
            self.findings.add("FEC-33", _missing(last, number), line, "EcritureNum")
        elif number <= last:
            message = f"le numéro {number} vient après {last} : déjà pris, ou pas dans l’ordre."
            self.findings.add("FEC-34", message, line, "EcritureNum")
        self._last[series] = max(last, number)


def _missing(last: int, number: int) -> str:
    first, until = last + 1, number - 1
    missing = f"{first} manque" if first == until else f"{first} à {until} manquent"
    return f"le numéro {number} suit {last} : {missing}."
