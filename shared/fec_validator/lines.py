"""A file's lines as they come: how they end, and in what encoding they are."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from shared.fec_validator.findings import Findings

BLOCK = 1 << 20
LINE_MAX = 1 << 20
ENDS = {b"\r\n": "CR LF", b"\n": "LF", b"\r": "CR"}
BOM = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_END = re.compile(rb"\r\n|\n|\r")
_C1 = re.compile("[\x80-\x9f]")


class Lines:
    """The lines of a file, without their ends. `end` is what the first one ends with.

    `done` is told of the bytes of each block that was read.
    """

    def __init__(
        self, path: Path, findings: Findings, done: Callable[[int], object] | None = None
    ) -> None:
        self._path, self._findings, self._done = path, findings, done
        self._utf_8, self._iso = 0, 0
        self.end: bytes | None = None

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Yield number and text of each line.

        Raises:
            OSError: when the file cannot be read.
        """
        for number, line in enumerate(self._raw(), 1):
            yield number, line.decode() if line.isascii() else self._decoded(number, line)
        if self._utf_8 and self._iso:
            first, last = sorted(((self._utf_8, "UTF-8"), (self._iso, "ISO 8859-15")))
            told = f"{first[1]} en ligne {first[0]}, {last[1]} ici : un seul encodage est attendu."
            self._findings.add("FEC-06", told, last[0])

    @property
    def encoding(self) -> str:
        """The encoding, as far as the file was read."""
        if self._iso:
            return "ISO 8859-15"
        return "UTF-8" if self._utf_8 else "ASCII"

    def _decoded(self, number: int, line: bytes) -> str:
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            text = line.decode("iso8859-15")
            self._iso = self._iso or number
            if wrong := _C1.search(text):
                told = f"l’octet 0x{ord(wrong[0]):02X} n’est ni d’UTF-8 ni d’ISO 8859-15."
                self._findings.add("FEC-06", told, number)
        else:
            self._utf_8 = self._utf_8 or number
        return text

    def _raw(self) -> Iterator[bytes]:
        """Cut blocks at the end that the first line has; other ends cut too, and are told."""
        number, rest = 1, b""
        for block in self._blocks():
            rest += block
            self.end = self.end or _first_end(rest)
            if self.end:
                *whole, rest = rest.split(self.end)
                for line in whole:
                    for part in self._parts(number, line):
                        yield part
                        number += 1
            if len(rest) > LINE_MAX:
                told = f"aucune fin de ligne en {LINE_MAX} octets : la lecture s’arrête là."
                self._findings.add("FEC-08", told, number)
                return
        if rest:
            if self.end:
                self._findings.add("FEC-09", "la dernière ligne n’a pas de fin.", number)
            yield from self._parts(number, rest)

    def _blocks(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            block = file.read(BLOCK)
            if block.startswith(UTF_16):
                self._findings.add("FEC-06", "le fichier est en UTF-16.", 1)
                return
            if block.startswith(BOM):
                self._findings.add("FEC-07", "le fichier commence par une marque (BOM).", 1)
                block = block.removeprefix(BOM)
            while block:
                yield block
                if self._done:
                    self._done(len(block))
                block = file.read(BLOCK)

    def _parts(self, number: int, line: bytes) -> list[bytes]:
        if b"\r" not in line and b"\n" not in line:
            return [line]
        if self.end == b"\n" and line.endswith(b"\r"):
            ended, line = [b"\r\n"], line[:-1]
        else:
            ended = []
        parts, ends = _END.split(line), [*_END.findall(line), *ended]
        for place, end in enumerate(ends):
            told = (
                f"fin de ligne {ENDS[end]} ; la première ligne finit par {ENDS[self.end or end]}."
            )
            self._findings.add("FEC-08", told, number + place)
        return parts


def _first_end(block: bytes) -> bytes | None:
    """Return the first line end; a CR that ends the block may be half of one."""
    found = _END.search(block)
    if found is None or (found.end() == len(block) and found[0] == b"\r" and len(block) < LINE_MAX):
        return None
    return found[0]
