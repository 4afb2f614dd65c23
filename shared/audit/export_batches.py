"""Export batches: unchanged since their delivery, in sequence, of entries in the books."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.audit.findings import CheckRule, Violation
from shared.audit.records import Document, parse_object
from shared.french import counted
from shared.kernel.receipts import sha256
from shared.mongodb.snapshot import StoredBatch

RESTORE = (
    "le lot n’est plus ce qui a été remis : comparer avec le dossier remis (`clas export verify`),"
    " rétablir la base exports depuis une sauvegarde"
)


@dataclass(frozen=True, slots=True)
class BatchAudit:
    """A batch, the previous one of its series, the books and the chain heads of closings.

    `entry_keys` are those of the entries that were read: place and id.
    """

    batch: StoredBatch
    previous: StoredBatch | None
    heads: Mapping[tuple[str, int], str]
    entry_keys: set[str]

    @property
    def manifest(self) -> Document:
        """The manifest, empty where it cannot be parsed."""
        return parse_object(self.batch.manifest) or {}

    @property
    def name(self) -> str:
        """The name of the batch: series and number."""
        return f"{self.batch.series}-{self.batch.number:03}"

    def in_scope(self, caf: str | None, exercise: int | None) -> bool:
        """Return whether the batch is of this Caf and exercise; one that names neither is."""
        manifest = self.manifest
        of_caf = caf in (None, manifest.get("caf", caf))
        return of_caf and exercise in (None, manifest.get("exercise", exercise))


def _content(audit: BatchAudit) -> Iterable[Violation]:
    """Compare file and name with the manifest, and the other fields with their digest."""
    batch, manifest = audit.batch, audit.manifest
    comparisons = (
        ("série", batch.series, manifest.get("series")),
        ("numéro", batch.number, manifest.get("number")),
        ("taille du fichier", manifest.get("bytes"), batch.size),
        ("empreinte du fichier", manifest.get("sha256"), batch.sha256),
        ("sceau du lot", batch.sealed, batch.seal),
    )
    return _differences(audit, comparisons)


def _sequence(audit: BatchAudit) -> Iterable[Violation]:
    """Compare the number and the hash of the previous manifest with the previous batch."""
    previous, manifest = audit.previous, audit.manifest
    comparisons = (
        ("numéro", previous.number + 1 if previous else 1, audit.batch.number),
        (
            "empreinte du manifeste précédent",
            sha256(previous.manifest) if previous else None,
            manifest.get("previous_manifest_sha256"),
        ),
    )
    return _differences(audit, comparisons)


def _chain_head(audit: BatchAudit) -> Iterable[Violation]:
    """Compare the chain head of the manifest with the one that the closing published."""
    manifest = audit.manifest
    published = audit.heads.get((str(manifest.get("caf")), manifest.get("exercise", 0)))
    return _differences(audit, (("tête de la chaîne", published, manifest.get("head_hash")),))


def _entries(audit: BatchAudit) -> Iterable[Violation]:
    """Look up each entry of the batch in the books."""
    missing = [key for key in audit.batch.keys if key not in audit.entry_keys]
    if missing:
        text = counted(
            len(missing),
            "écriture remise n’est plus dans les livres",
            "écritures remises ne sont plus dans les livres",
        )
        location = f"exports, batches, {audit.name}"
        yield Violation(audit.name, f"{text} : {missing[0].rpartition('|')[2]}", location)


def missing_batches(
    registered: Mapping[str, int], stored: Mapping[str, int], scope: tuple[str | int | None, ...]
) -> Iterable[Violation]:
    """Yield the registered last batch of a series that is not stored: no later one shows it.

    `registered` and `stored` are last numbers by series; `scope` is the Caf and the exercise,
    which the name of a series contains.
    """
    for series, number in sorted(registered.items()):
        in_scope = {str(part) for part in scope if part is not None} <= {*series.split("-")}
        if in_scope and stored.get(series, 0) < number:
            name = f"{series}-{number:03}"
            yield Violation(name, "ce lot a disparu", f"exports, batches, {name}")


def _differences(
    audit: BatchAudit, comparisons: Iterable[tuple[str, object, object]]
) -> Iterable[Violation]:
    for label, expected, actual in comparisons:
        if expected != actual:
            text = f"{label} : attendu {_text(expected)}, trouvé {_text(actual)}"
            yield Violation(audit.name, text, f"exports, batches, {audit.name}")


def _text(value: object) -> str:
    return "rien" if value is None else str(value)


def _has_keys(audit: BatchAudit) -> bool:
    return bool(audit.batch.keys)


def _has_head(audit: BatchAudit) -> bool:
    return bool(audit.manifest.get("head_hash"))


SEQUENCE: CheckRule[BatchAudit] = CheckRule(
    "lot d’export à la suite du précédent",
    "lots d’export à la suite du précédent",
    "manifeste précédent",
    "exports.batches",
    RESTORE,
    _sequence,
)
CHECKS: tuple[CheckRule[BatchAudit], ...] = (
    CheckRule(
        "lot d’export tel qu’il a été remis",
        "lots d’export tels qu’ils ont été remis",
        "manifeste",
        "exports.batches",
        RESTORE,
        _content,
    ),
    SEQUENCE,
    CheckRule(
        "lot d’export dont les écritures sont dans les livres",
        "lots d’export dont les écritures sont dans les livres",
        "écritures",
        "exports.batches",
        "rétablir la base accounting depuis une sauvegarde qui contient ces écritures",
        _entries,
        _has_keys,
    ),
    CheckRule(
        "lot d’export à la tête publiée par la clôture",
        "lots d’export à la tête publiée par la clôture",
        "ClosingCompleted",
        "exports.batches",
        RESTORE,
        _chain_head,
        _has_head,
    ),
)
