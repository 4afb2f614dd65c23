"""Exports: what was given out is still what is kept, and follows from what was published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.audit.findings import CheckRule, Violation
from shared.audit.records import Document, parsed_receipt
from shared.kernel.receipts import sha256
from shared.mongodb.snapshot import StoredBatch

RESTORE = (
    "le lot n’est plus ce qui a été remis : comparer avec le dossier remis (`clas export verify`),"
    " rétablir la base exports depuis une sauvegarde"
)


@dataclass(frozen=True, slots=True)
class Given:
    """A batch, the one before it in its series, and the heads that closings published."""

    batch: StoredBatch
    before: StoredBatch | None
    heads: Mapping[tuple[str, int], str]

    @property
    def manifest(self) -> Document:
        """What the manifest says, nothing where it cannot be read."""
        return parsed_receipt(self.batch.manifest) or {}

    @property
    def about(self) -> str:
        """The name under which the batch was given out."""
        return f"{self.batch.series}-{self.batch.number:03}"

    def concerns(self, caf: str | None, exercise: int | None) -> bool:
        """Tell whether it is of this Caf and exercise, as far as its manifest tells."""
        said = self.manifest
        pairs = ((caf, said.get("caf", caf)), (exercise, said.get("exercise", exercise)))
        return all(wanted is None or wanted == found for wanted, found in pairs)


def _as_given(given: Given) -> Iterable[Violation]:
    """Hold the file and the name against the manifest, and all the rest against its seal."""
    batch, said = given.batch, given.manifest
    pairs = (
        ("série", batch.series, said.get("series")),
        ("numéro", batch.number, said.get("number")),
        ("taille du fichier", said.get("bytes"), batch.size),
        ("empreinte du fichier", said.get("sha256"), batch.sha256),
        ("sceau du lot", batch.sealed, batch.seal),
    )
    return _unequal(given, pairs)


def _following(given: Given) -> Iterable[Violation]:
    """Hold the number and the hash of the manifest before against the batch before."""
    before, said = given.before, given.manifest
    pairs = (
        ("numéro", before.number + 1 if before else 1, given.batch.number),
        (
            "empreinte du manifeste précédent",
            sha256(before.manifest) if before else None,
            said.get("previous_manifest_sha256"),
        ),
    )
    return _unequal(given, pairs)


def _headed(given: Given) -> Iterable[Violation]:
    """Hold the head of the chain that was given out against the one that was published."""
    said = given.manifest
    published = given.heads.get((str(said.get("caf")), said.get("exercise", 0)))
    return _unequal(given, (("tête de la chaîne", published, said.get("head_hash")),))


def gone(
    last: Mapping[str, int], there: Mapping[str, int], asked: tuple[str | int | None, ...]
) -> Iterable[Violation]:
    """Yield the last batch of a series that is not there: no other one would tell.

    `asked` are the Caf and the exercise that are looked at: the name of a series has them.
    """
    for series, number in sorted(last.items()):
        of_them = {str(each) for each in asked if each is not None} <= {*series.split("-")}
        if of_them and there.get(series, 0) < number:
            name = f"{series}-{number:03}"
            yield Violation(name, "ce lot a disparu", f"exports, batches, {name}")


def _unequal(given: Given, pairs: Iterable[tuple[str, object, object]]) -> Iterable[Violation]:
    for what, expected, found in pairs:
        if expected != found:
            wrong = f"{what} : attendu {_shown(expected)}, trouvé {_shown(found)}"
            yield Violation(given.about, wrong, f"exports, batches, {given.about}")


def _shown(value: object) -> str:
    return "rien" if value is None else str(value)


def _has_head(given: Given) -> bool:
    return bool(given.manifest.get("head_hash"))


FOLLOWING: CheckRule[Given] = CheckRule(
    "lot d’export à la suite du précédent",
    "lots d’export à la suite du précédent",
    "manifeste précédent",
    _following,
    RESTORE,
)
CHECKS: tuple[CheckRule[Given], ...] = (
    CheckRule(
        "lot d’export tel qu’il a été remis",
        "lots d’export tels qu’ils ont été remis",
        "manifeste",
        _as_given,
        RESTORE,
    ),
    FOLLOWING,
    CheckRule(
        "lot d’export à la tête publiée par la clôture",
        "lots d’export à la tête publiée par la clôture",
        "ClosingCompleted",
        _headed,
        RESTORE,
        _has_head,
    ),
)
