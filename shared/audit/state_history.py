"""States against receipts: each state as its last decision left it, and no decision missing."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from shared.audit.findings import CheckRule, Violation, no_violations
from shared.audit.records import Document, ParsedRecord, about
from shared.kernel.ports import StoredDocument

RESTORE = (
    "le document a été changé sans décision : le rétablir depuis une sauvegarde ; `clas dossier"
    " DOSSIER` dit ce qui a été décidé"
)
LOST = (
    "un enregistrement manque dans la boîte de réception du service : le rétablir depuis une"
    " sauvegarde"
)
Key = tuple[str, str]


@dataclass(slots=True)
class StateVersion:
    """What receipts say of a state: last version, how often written, its hash, about whom.

    `named`: some decision that wrote it named the Caf that is looked at.
    """

    version: int
    times: int
    digest: bytes
    subjects: tuple[str, ...]
    named: bool


class StateHistory:
    """What the receipts of one service say of its states; a state leaves once it was held.

    With a Caf, decisions of that Caf and those of none are seen, the latter about anybody:
    of a state that no decision of that Caf wrote, the first decisions are not seen.
    """

    def __init__(self, service: str, caf: str | None = None) -> None:
        self.service, self._caf = service, caf
        self._written: dict[Key, StateVersion] = {}

    def note(self, filed: ParsedRecord) -> Iterator[Violation]:
        """Take a receipt in; yield what it started from that is not what was left before it."""
        receipt = filed.receipt or {}
        for each in receipt.get("inputs") or ():
            yield from self._started(filed, each)
        named = self._caf in {None, filed.record.caf}
        for each in receipt.get("after") or ():
            self._leave(each, filed.record.dossier_ids, named=named)

    def concerns(self, collection: str, found: StoredDocument) -> bool:
        """Tell whether a stored state is of the Caf that is looked at, or of all; else forget it.

        A decision that named the Caf counts more than what the state says, which may be forged.
        A state that tells no Caf may be shared: it is looked at where all its decisions are seen.
        """
        if self._caf is None:
            return True
        written, caf = self._written.get((collection, found.id)), caf_of(found)
        if caf is None:
            shown = written is not None and written.times == written.version == found.version
        else:
            shown = caf == self._caf or (written is not None and written.named)
        if not shown:
            self._written.pop((collection, found.id), None)
        return shown

    def compare(self, collection: str, found: StoredDocument) -> Iterator[Violation]:
        """Hold a stored state against the receipts."""
        written = self._written.pop((collection, found.id), None)
        who, where = dossier_of(found), f"{self.service}, {collection}, {found.id}"
        if written is None:
            yield Violation(who, "aucune décision n’a écrit ce document", where)
        elif written.digest != digest(found.document) or written.version != found.version:
            wrong = (
                f"le document n’est pas ce que la dernière décision a laissé : version attendue"
                f" {written.version}, trouvée {found.version}, empreinte attendue"
                f" {written.digest.hex()[:12]}…, trouvée {digest(found.document).hex()[:12]}…"
            )
            yield Violation(who, wrong, where)

    def gaps(self, collection: str, found: StoredDocument) -> Iterator[Violation]:
        """Yield a state of which a version has no decision; asked before `held`."""
        written = self._written.get((collection, found.id))
        if written and written.times != written.version:
            wrong = f"{written.version} versions, {written.times} décisions conservées"
            where = f"{self.service}, {collection}, {found.id}"
            yield Violation(dossier_of(found), wrong, where)

    def missing(self) -> Iterator[Violation]:
        """Yield every state that receipts left and that is not there any more.

        With a Caf, those of which all decisions are seen: others may be another Caf's.
        """
        for (collection, key), written in sorted(self._written.items()):
            if self._caf is None or written.times == written.version:
                where = f"{self.service}, {collection}, {key}"
                yield Violation(about(written.subjects), "ce document a disparu", where)

    def _started(self, filed: ParsedRecord, given: Document) -> Iterator[Violation]:
        """Compare where the same version is at hand; workers may write records out of order."""
        before = self._written.get((given["collection"], given["id"]))
        if before is None or before.version != given["version"]:
            return
        if before.digest != digest(given["content"]):
            what = f"{given['collection']} {given['id']}, version {given['version']}"
            yield Violation(
                filed.about, f"la décision est partie d’un autre état ({what})", filed.where
            )

    def _leave(self, left: Document, subjects: tuple[str, ...], *, named: bool) -> None:
        key, version = (left["collection"], left["id"]), left["version"]
        content = bytes.fromhex(left["sha256"])
        known = self._written.get(key)
        if known is None:
            self._written[key] = StateVersion(version, 1, content, subjects, named)
            return
        known.times, known.named = known.times + 1, known.named or named
        if version > known.version:
            known.version, known.digest, known.subjects = version, content, subjects


def digest(document: Any) -> bytes:
    """Return the SHA-256 of a state's content, whatever was put into it."""
    return hashlib.sha256(orjson.dumps(document, default=str)).digest()


def caf_of(found: StoredDocument) -> str | None:
    """Return the Caf that a state is of, None where its content does not tell."""
    document = found.document
    for part in (document, document.get("agrement")):
        if isinstance(part, dict) and isinstance(part.get("caf"), str):
            return str(part["caf"])
    return None


def dossier_of(found: StoredDocument) -> str:
    """Return the dossier that a state is of, as far as its content tells."""
    document = found.document
    for part in (document, document.get("agrement"), document.get("posted")):
        if isinstance(part, dict) and isinstance(part.get("dossier_id"), str):
            return str(part["dossier_id"])
    return str(document.get("grant") or found.id).partition("|")[0]


STATES: CheckRule[Any] = CheckRule(
    "état tel que sa dernière décision l’a laissé",
    "états tels que leur dernière décision les a laissés",
    "empreintes des reçus",
    no_violations,
    RESTORE,
)
VERSIONS: CheckRule[Any] = CheckRule(
    "état dont chaque version a sa décision",
    "états dont chaque version a sa décision",
    "suite des versions",
    no_violations,
    LOST,
)
STARTS: CheckRule[Any] = CheckRule(
    "décision partie de l’état que la précédente a laissé",
    "décisions parties de l’état que la précédente a laissé",
    "suite des reçus",
    no_violations,
    RESTORE,
)
