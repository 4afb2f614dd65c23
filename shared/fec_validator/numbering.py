"""Whether entries are numbered without gap or double, in each journal or over all of them."""

import re

from shared.fec_validator.findings import Findings, quoted

SERIES_MAX = 10_000
"""So many sequences may run side by side: journals, months, establishments."""
_NUMBER = re.compile(r"(.*?)([0-9]{1,18})", re.DOTALL)
BY_JOURNAL = "par journal"
OVER_ALL = "sur tous les journaux"


class Numbering:
    """Both ways of numbering followed at once: the one with fewer faults is the file's."""

    def __init__(self) -> None:
        self._unnumbered = Findings()
        self._ways = {BY_JOURNAL: _Way(), OVER_ALL: _Way()}

    def follow(self, line: int, journal: str, entry: str) -> None:
        """Take the number of an entry that begins."""
        if not (found := _NUMBER.fullmatch(entry)):
            told = f"{quoted(entry)} ne finit pas par un nombre."
            self._unnumbered.add("FEC-35", told, line, "EcritureNum")
            return
        prefix, number = found[1], int(found[2])
        self._ways[BY_JOURNAL].follow(line, (journal, prefix), number)
        self._ways[OVER_ALL].follow(line, ("", prefix), number)

    def close(self, findings: Findings) -> str:
        """Add the faults of the file's way of numbering, and name it."""
        way = min(self._ways, key=lambda each: self._ways[each].findings.counts.total())
        findings.take(self._ways[way].findings)
        findings.take(self._unnumbered)
        return way


class _Way:
    def __init__(self) -> None:
        self.findings = Findings()
        self._last: dict[tuple[str, str], int] = {}

    def follow(self, line: int, series: tuple[str, str], number: int) -> None:
        last = self._last.get(series)
        if last is None:
            if len(self._last) < SERIES_MAX:
                self._last[series] = number
            else:
                told = f"plus de {SERIES_MAX} séquences : la suite de celle-ci n’est pas vérifiée."
                self.findings.add("FEC-35", told, line, "EcritureNum")
            return
        if number > last + 1:
            self.findings.add("FEC-33", _missing(last, number), line, "EcritureNum")
        elif number <= last:
            told = f"le numéro {number} vient après {last} : déjà pris, ou pas dans l’ordre."
            self.findings.add("FEC-34", told, line, "EcritureNum")
        self._last[series] = max(last, number)


def _missing(last: int, number: int) -> str:
    first, until = last + 1, number - 1
    gone = f"{first} manque" if first == until else f"{first} à {until} manquent"
    return f"le numéro {number} suit {last} : {gone}."
