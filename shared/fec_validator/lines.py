"""The lines of a file: splitting, line ends, encoding; read block by block."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from shared.fec_validator.file_start import unreadable
from shared.fec_validator.findings import Findings

BLOCK_SIZE = 1 << 20
LINE_LENGTH_MAX = 1 << 20
LINE_ENDS = {b"\r\n": "CR LF", b"\n": "LF", b"\r": "CR"}
BOM = b"\xef\xbb\xbf"
_END = re.compile(rb"\r\n|\n|\r")
_C1 = re.compile("[\x80-\x9f]")


class Lines:
    """The lines of a file, without their ends. `end` is the line end of the first one.

    `progress` is called with the number of bytes of each block that was read.
    """

    def __init__(
        self,
        source: Path | bytes,
        findings: Findings,
        progress: Callable[[int], object] | None = None,
    ) -> None:
        self._source, self._findings, self._progress = source, findings, progress
        self._first_utf_8, self._first_iso = 0, 0
        self.end: bytes | None = None

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Yield the number, from 1, and the text of each line.

        Raises:
            OSError: when the file cannot be read.
        """
        for number, line in enumerate(self._raw_lines(), 1):
            yield number, line.decode() if line.isascii() else self._decoded(number, line)
        if self._first_utf_8 and self._first_iso:
            first, last = sorted(((self._first_utf_8, "UTF-8"), (self._first_iso, "ISO 8859-15")))
            message = (
                f"{first[1]} en ligne {first[0]}, {last[1]} ici : un seul encodage est attendu."
            )
            self._findings.add("FEC-06", message, last[0])

    @property
    def encoding(self) -> str:
        """The encoding, as far as the file was read."""
        if self._first_iso:
            return "ISO 8859-15"
        return "UTF-8" if self._first_utf_8 else "ASCII"

    def _decoded(self, number: int, line: bytes) -> str:
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            text = line.decode("iso8859-15")
            self._first_iso = self._first_iso or number
            if match := _C1.search(text):
                message = f"l’octet 0x{ord(match[0]):02X} n’est ni d’UTF-8 ni d’ISO 8859-15."
                self._findings.add("FEC-06", message, number)
                # Reported here, not a second time as a control character.
                text = _C1.sub("\N{REPLACEMENT CHARACTER}", text)
        else:
            self._first_utf_8 = self._first_utf_8 or number
        return text

    def _raw_lines(self) -> Iterator[bytes]:
        """Split at the line end of the first line; other line ends split too, and are reported."""
        number, remainder = 1, b""
        for block in self._blocks():
            remainder += block
            self.end = self.end or _first_end(remainder)
            if self.end:
                *complete, remainder = remainder.split(self.end)
                for line in complete:
                    for part in self._split_other_ends(number, line):
                        yield part
                        number += 1
            if len(remainder) > LINE_LENGTH_MAX:
                message = (
                    f"aucune fin de ligne en {LINE_LENGTH_MAX} octets : la lecture s’arrête là."
                )
                self._findings.add("FEC-08", message, number)
                return
        if remainder:
            if self.end:
                self._findings.add("FEC-09", "la dernière ligne n’a pas de fin.", number)
            yield from self._split_other_ends(number, remainder)

    def _blocks(self) -> Iterator[bytes]:
        source = self._source
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            block = file.read(BLOCK_SIZE)
            if fault := unreadable(block):
                self._findings.add(*fault, 1)
                return
            if block.startswith(BOM):
                self._findings.add("FEC-07", "le fichier commence par une marque (BOM).", 1)
                block = block.removeprefix(BOM)
            while block:
                yield block
                if self._progress:
                    self._progress(len(block))
                block = file.read(BLOCK_SIZE)

    def _split_other_ends(self, number: int, line: bytes) -> list[bytes]:
        if b"\r" not in line and b"\n" not in line:
            return [line]
        if self.end == b"\n" and line.endswith(b"\r"):
            ended, line = [b"\r\n"], line[:-1]
        else:
            ended = []
        parts, ends = _END.split(line), [*_END.findall(line), *ended]
        for place, end in enumerate(ends):
            first = LINE_ENDS[self.end or end]
            message = f"fin de ligne {LINE_ENDS[end]} ; la première ligne finit par {first}."
            self._findings.add("FEC-08", message, number + place)
        return parts


def _first_end(block: bytes) -> bytes | None:
    """Return the first line end, None while a CR at the end of the block may be half of one."""
    match = _END.search(block)
    if match is None or (
        match.end() == len(block) and match[0] == b"\r" and len(block) < LINE_LENGTH_MAX
    ):
        return None
    return match[0]
