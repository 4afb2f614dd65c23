"""States and receipts: each state equals the output of its last decision; none is missing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shared.audit.findings import CheckRule, Violation
from shared.audit.records import Document, ParsedRecord, subject_of
from shared.audit.states import caf_of, digest, dossier_of
from shared.kernel.decision import StoredState

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
class StateVersions:
    """The versions of a state in receipts: the SHA-256 of each, the last one with its dossiers.

    `decisions` counts the receipts that wrote the state; `names_caf`: one of their records has
    the Caf of the scope.
    """

    decisions: int = 0
    version: int = 0
    dossier_ids: tuple[str, ...] = ()
    names_caf: bool = False
    digests: dict[int, bytes] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether the receipt of each version was read."""
        return self.decisions == self.version


class StateInput(NamedTuple):
    """A version of a state that a decision read: its SHA-256, and where the decision is stored."""

    digest: bytes
    subject: str
    location: str


class StateHistory:
    """The states in the receipts of one service, read in any order; a compared state is dropped.

    With a Caf in scope only its records and those without a Caf are read, and the latter may
    concern other Cafs: the history of a state that no decision of the Caf wrote is incomplete.
    """

    def __init__(self, service: str, caf: str | None = None) -> None:
        self.service, self._caf = service, caf
        self._versions: dict[Key, StateVersions] = {}
        self._early_inputs: dict[tuple[Key, int], list[StateInput]] = {}

    def add_receipt(self, parsed: ParsedRecord) -> Iterator[Violation]:
        """Add a receipt; yield each input that differs from what a decision wrote, and reverse."""
        receipt = parsed.receipt or {}
        for state in receipt.get("inputs") or ():
            if state["version"]:
                yield from self._compare_input(parsed, state)
        for state in receipt.get("after") or ():
            yield from self._add_output(parsed, state)

    def in_scope(self, stored: StoredState[Any]) -> bool:
        """Return whether a stored state is of the Caf in scope; drop its history if not.

        A decision that named the Caf outweighs the content of the state, which may be forged.
        A state without a Caf may be shared by many: it is in scope with a complete history.
        """
        if self._caf is None:
            return True
        key = _key(stored)
        last, caf = self._versions.get(key), caf_of(stored)
        if caf is None:
            in_scope = last is not None and last.complete and last.version == stored.version
        else:
            in_scope = caf == self._caf or (last is not None and last.names_caf)
        if not in_scope:
            self._versions.pop(key, None)
        return in_scope

    def missing_decisions(self, stored: StoredState[Any]) -> Iterator[Violation]:
        """Yield a violation when a version has no decision; to be called before `difference`."""
        last = self._versions.get(_key(stored))
        if last and not last.complete:
            text = f"{last.version} versions, {last.decisions} décisions conservées"
            yield Violation(dossier_of(stored), text, self._location(*_key(stored)))

    def difference(self, stored: StoredState[Any]) -> Iterator[Violation]:
        """Compare a stored state with the last version in receipts."""
        last = self._versions.pop(_key(stored), None)
        subject, location = dossier_of(stored), self._location(*_key(stored))
        if last is None:
            yield Violation(subject, "aucune décision n’a écrit ce document", location)
            return
        expected, actual = last.digests.get(last.version, b""), digest(stored.document)
        if (last.version, expected) != (stored.version, actual):
            text = (
                f"le document n’est pas ce que la dernière décision a laissé : version attendue"
                f" {last.version}, trouvée {stored.version}, empreinte attendue"
                f" {expected.hex()[:12]}…, trouvée {actual.hex()[:12]}…"
            )
            yield Violation(subject, text, location)

    def deleted_states(self) -> Iterator[Violation]:
        """Yield every state that is in the receipts and not in the store; to be called last.

        With a Caf in scope, only states with a complete history: others may be another Caf's.
        """
        for (collection, key), last in sorted(self._versions.items()):
            if self._caf is None or last.complete:
                location, dossier_id = self._location(collection, key), key.partition("|")[0]
                of_key = tuple(each for each in last.dossier_ids if each == dossier_id)
                subject = subject_of(of_key or last.dossier_ids)
                yield Violation(subject, "ce document a disparu", location)

    def _compare_input(self, parsed: ParsedRecord, state: Document) -> Iterator[Violation]:
        """Compare an input with the decision that wrote it, once that one was read."""
        key, version = (state["collection"], state["id"]), state["version"]
        state_input = StateInput(digest(state["content"]), parsed.subject, parsed.location)
        versions = self._versions.get(key)
        if versions is not None and version in versions.digests:
            yield from _difference(key, version, versions.digests[version], state_input)
        else:
            self._early_inputs.setdefault((key, version), []).append(state_input)

    def _add_output(self, parsed: ParsedRecord, state: Document) -> Iterator[Violation]:
        key, version = (state["collection"], state["id"]), state["version"]
        versions = self._versions.setdefault(key, StateVersions())
        versions.decisions += 1
        versions.names_caf |= self._caf in {None, parsed.record.caf}
        versions.digests[version] = bytes.fromhex(state["sha256"])
        if version > versions.version:
            versions.version, versions.dossier_ids = version, parsed.record.dossier_ids
        for early in self._early_inputs.pop((key, version), ()):
            yield from _difference(key, version, versions.digests[version], early)

    def _location(self, collection: str, key: str) -> str:
        return f"{self.service}, {collection}, {key}"


def _difference(
    key: Key, version: int, written: bytes, state_input: StateInput
) -> Iterator[Violation]:
    if state_input.digest != written:
        name = f"{key[0]} {key[1]}, version {version}"
        text = f"la décision est partie d’un autre état ({name})"
        yield Violation(state_input.subject, text, state_input.location)


STATE_CONTENT: CheckRule[Any] = CheckRule(
    "état tel que sa dernière décision l’a laissé",
    "états tels que leur dernière décision les a laissés",
    "empreintes des reçus",
    "every state",
    RESTORE,
)
STATE_VERSIONS: CheckRule[Any] = CheckRule(
    "état dont chaque version a sa décision",
    "états dont chaque version a sa décision",
    "suite des versions",
    "every state",
    LOST,
)
DECISION_INPUTS: CheckRule[Any] = CheckRule(
    "décision partie de l’état que la précédente a laissé",
    "décisions parties de l’état que la précédente a laissé",
    "suite des reçus",
    "inbox",
    RESTORE,
)
CHECKS = (STATE_CONTENT, STATE_VERSIONS, DECISION_INPUTS)


def _key(stored: StoredState[Any]) -> Key:
    return (stored.model.collection, stored.key)
