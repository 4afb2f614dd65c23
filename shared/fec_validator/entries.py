"""The balance of entries: the lines of a journal and number, wherever they stand in the file."""

from dataclasses import dataclass

from shared.fec_validator.fields import Record
from shared.fec_validator.findings import Findings, quoted
from shared.fec_validator.values import Cents, difference

Key = tuple[str, str]
"""The journal and the number of an entry."""
OPEN_MAX = 1_000_000
"""How many entries may be unbalanced at a time: a bound on memory."""
CLOSED_MAX = 25_000
"""How many balanced entries are remembered at least, the last ones: a bound on memory.

The oldest are dropped together: a dict is slow to give its first key after many are gone.
"""


@dataclass(slots=True)
class Entry:
    """An entry as far as it was read; `readable` is False where some of it was not.

    `mark` is a hash of its days and piece, by which another entry of the same number differs.
    """

    line: int
    day: str
    mark: int
    debit: Cents = 0
    credit: Cents = 0
    readable: bool = True

    @property
    def balanced(self) -> bool:
        """Whether debit and credit are equal so far, and all lines were read."""
        return self.readable and self.debit == self.credit


class Entries:
    """All entries of a file; those that balance are forgotten, but for the last ones.

    `overflowed`: more than `OPEN_MAX` were open at a time; which lines are of one entry is no
    longer certain.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._open: dict[Key, Entry] = {}
        self._closed: dict[Key, tuple[int, int]] = {}
        self._closed_before: dict[Key, tuple[int, int]] = {}
        self._resumed_first, self._resumed = "", 0
        self._resumed_line = 0
        self._after_unreadable = self._lost_line = False
        self.overflowed = False
        self._key: Key | None = None
        self.current: Entry | None = None
        self.count = 0

    @property
    def interleaved(self) -> bool:
        """Whether the lines of an entry are not together."""
        return self._resumed > 0

    def add(self, key: Key, record: Record) -> Entry | None:
        """Add a line; return its entry where it begins one, None where it continues one."""
        begun = None if key == self._key else self._enter(key, record)
        entry = self.current
        assert entry
        entry.debit += record.debit
        entry.credit += record.credit
        entry.readable = entry.readable and record.readable
        self._after_unreadable = False
        return begun

    def add_unreadable(self) -> None:
        """Add a line that could not be read: the entries beside it are not checked for balance."""
        if self.current:
            self.current.readable = False
        self._after_unreadable = self._lost_line = True

    def close(self, *, balanced: bool) -> None:
        """Report the entries whose lines are apart, and, if they should, those not `balanced`."""
        self._leave()
        if self._resumed:
            message = f"{self._resumed_first} ; en tout {self._resumed} fois dans le fichier."
            self._findings.add("FEC-43", message, self._resumed_line, "EcritureNum")
        if self.overflowed:
            message = (
                f"plus de {OPEN_MAX} écritures inachevées : équilibre et numéros non vérifiés."
            )
            self._findings.add("FEC-43", message)
        if not balanced or self.overflowed or (self.interleaved and self._lost_line):
            return  # A line that was not read may be of any of the entries.
        for (journal, number), entry in self._open.items():
            if entry.readable:
                name = f"l’écriture {quoted(number)} du journal {quoted(journal)}"
                message = f"{name} : {difference(entry.debit, entry.credit)}"
                self._findings.add("FEC-32", message, entry.line)

    def _enter(self, key: Key, record: Record) -> Entry | None:
        """Make the entry of a line the current one; return it if it is new."""
        self._leave()
        mark = hash((record.day, record.valid, record.piece))
        entry = self._open.pop(key, None) or self._reopened(key, record.day, mark)
        resumed = entry is not None
        if entry is None:
            entry = Entry(record.line, record.day, mark)
            self.count += 1
        else:
            self._resume(key, record.line, entry)
        if self._after_unreadable:
            entry.readable = False
        self._key, self.current = key, entry
        return None if resumed else entry

    def _reopened(self, key: Key, day: str, mark: int) -> Entry | None:
        """Return a balanced entry that goes on; with other days or piece it is another entry."""
        closed = self._closed.pop(key, None) or self._closed_before.pop(key, None)
        return Entry(closed[0], day, mark) if closed and closed[1] == mark else None

    def _leave(self) -> None:
        """Put the current entry with those that are open, or closed."""
        entry, key = self.current, self._key
        if entry is None or key is None:
            return
        if entry.balanced:
            if len(self._closed) >= CLOSED_MAX:
                self._closed_before, self._closed = self._closed, {}
            self._closed[key] = (entry.line, entry.mark)
        elif len(self._open) < OPEN_MAX:
            self._open[key] = entry
        else:
            self.overflowed = True

    def _resume(self, key: Key, line: int, entry: Entry) -> None:
        self._resumed += 1
        if self._resumed == 1:
            name = f"l’écriture {quoted(key[1])} du journal {quoted(key[0])}"
            self._resumed_first = f"{name}, commencée en ligne {entry.line}, reprend après d’autres"
            self._resumed_line = line
