"""States and receipts: each state equals the output of its last decision; none is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.audit.findings import CheckRule, Violation, no_violations
from shared.audit.records import Document, ParsedRecord, subject_of
from shared.audit.states import caf_of, digest, dossier_of
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
"""Collection and id of a state."""


@dataclass(slots=True)
class StateVersion:
    """The last version of a state in receipts, with its SHA-256 and its dossiers.

    `decisions` counts the receipts that wrote the state; `names_caf`: one of their records has
    the Caf of the scope.
    """

    version: int
    decisions: int
    digest: bytes
    dossier_ids: tuple[str, ...]
    names_caf: bool

    @property
    def complete(self) -> bool:
        """Whether the receipt of each version was read."""
        return self.decisions == self.version


class StateHistory:
    """The last states in the receipts of one service; a compared state is dropped.

    With a Caf in scope only its records and those without a Caf are read, and the latter may
    concern other Cafs: the history of a state that no decision of the Caf wrote is incomplete.
    """

    def __init__(self, service: str, caf: str | None = None) -> None:
        self.service, self._caf = service, caf
        self._versions: dict[Key, StateVersion] = {}

    def add_receipt(self, parsed: ParsedRecord) -> Iterator[Violation]:
        """Add a receipt; yield each input that differs from the output of an earlier decision."""
        receipt = parsed.receipt or {}
        for state in receipt.get("inputs") or ():
            yield from self._changed_input(parsed, state)
        names_caf = self._caf in {None, parsed.record.caf}
        for state in receipt.get("after") or ():
            self._add_output(state, parsed.record.dossier_ids, names_caf=names_caf)

    def in_scope(self, collection: str, document: StoredDocument) -> bool:
        """Return whether a stored state is of the Caf in scope; drop its history if not.

        A decision that named the Caf outweighs the content of the state, which may be forged.
        A state without a Caf may be shared by many: it is in scope with a complete history.
        """
        if self._caf is None:
            return True
        key = (collection, document.id)
        last, caf = self._versions.get(key), caf_of(document)
        if caf is None:
            in_scope = last is not None and last.complete and last.version == document.version
        else:
            in_scope = caf == self._caf or (last is not None and last.names_caf)
        if not in_scope:
            self._versions.pop(key, None)
        return in_scope

    def missing_decisions(self, collection: str, document: StoredDocument) -> Iterator[Violation]:
        """Yield a violation when a version has no decision; to be called before `difference`."""
        last = self._versions.get((collection, document.id))
        if last and not last.complete:
            text = f"{last.version} versions, {last.decisions} décisions conservées"
            yield Violation(dossier_of(document), text, self._location(collection, document.id))

    def difference(self, collection: str, document: StoredDocument) -> Iterator[Violation]:
        """Compare a stored state with the last version in receipts."""
        last = self._versions.pop((collection, document.id), None)
        subject, location = dossier_of(document), self._location(collection, document.id)
        if last is None:
            yield Violation(subject, "aucune décision n’a écrit ce document", location)
        elif last.digest != digest(document.document) or last.version != document.version:
            text = (
                f"le document n’est pas ce que la dernière décision a laissé : version attendue"
                f" {last.version}, trouvée {document.version}, empreinte attendue"
                f" {last.digest.hex()[:12]}…, trouvée {digest(document.document).hex()[:12]}…"
            )
            yield Violation(subject, text, location)

    def deleted_states(self) -> Iterator[Violation]:
        """Yield every state that is in the receipts and not in the store; to be called last.

        With a Caf in scope, only states with a complete history: others may be another Caf's.
        """
        for (collection, key), last in sorted(self._versions.items()):
            if self._caf is None or last.complete:
                location = self._location(collection, key)
                yield Violation(subject_of(last.dossier_ids), "ce document a disparu", location)

    def _changed_input(self, parsed: ParsedRecord, state: Document) -> Iterator[Violation]:
        """Compare with the same version only: workers may write records out of order."""
        before = self._versions.get((state["collection"], state["id"]))
        if before is None or before.version != state["version"]:
            return
        if before.digest != digest(state["content"]):
            name = f"{state['collection']} {state['id']}, version {state['version']}"
            text = f"la décision est partie d’un autre état ({name})"
            yield Violation(parsed.subject, text, parsed.location)

    def _add_output(
        self, state: Document, dossier_ids: tuple[str, ...], *, names_caf: bool
    ) -> None:
        key, version = (state["collection"], state["id"]), state["version"]
        content = bytes.fromhex(state["sha256"])
        last = self._versions.get(key)
        if last is None:
            self._versions[key] = StateVersion(version, 1, content, dossier_ids, names_caf)
            return
        last.decisions, last.names_caf = last.decisions + 1, last.names_caf or names_caf
        if version > last.version:
            last.version, last.digest, last.dossier_ids = version, content, dossier_ids

    def _location(self, collection: str, key: str) -> str:
        return f"{self.service}, {collection}, {key}"


STATE_CONTENT: CheckRule[Any] = CheckRule(
    "état tel que sa dernière décision l’a laissé",
    "états tels que leur dernière décision les a laissés",
    "empreintes des reçus",
    no_violations,
    RESTORE,
)
STATE_VERSIONS: CheckRule[Any] = CheckRule(
    "état dont chaque version a sa décision",
    "états dont chaque version a sa décision",
    "suite des versions",
    no_violations,
    LOST,
)
DECISION_INPUTS: CheckRule[Any] = CheckRule(
    "décision partie de l’état que la précédente a laissé",
    "décisions parties de l’état que la précédente a laissé",
    "suite des reçus",
    no_violations,
    RESTORE,
)
