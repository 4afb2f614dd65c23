"""The entries of an exercise in one file: all of them, or those that no earlier batch holds."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from services.accounting import queries
from services.accounting.domain.chart import Account, Parameters
from services.accounting.domain.entries import Entry
from services.accounting.exercise import Chain, ExerciseBuilder
from services.accounting.exports.formats.base import ExportHeader, Writer, WriterFactory
from services.accounting.exports.journal_control import batch_control, expect_validated
from shared.exports.error_list import UnrepresentableContentError
from shared.exports.pipeline import COMPANIONS, Control, Draft, ExportRequest
from shared.kernel.decision import StoredState
from shared.kernel.read_port import Reads


async def header_of(reads: Reads, caf: str, exercise: int, parameters: Parameters) -> ExportHeader:
    """Return the header of the first batch of this exercise."""
    return ExportHeader(
        caf=caf,
        exercise=exercise,
        number=1,
        closing=await queries.closing(reads, caf, exercise),
        gestionnaires=await queries.gestionnaire_names(reads, caf),
        accounts={(each.ledger, each.account): each.label for each in _accounts(parameters)},
    )


@dataclass(frozen=True, slots=True)
class JournalFormat:
    """A format of the journal: its name, its writer, the name of its file.

    `full_each_time`: a batch holds every entry, whatever earlier batches hold.
    `requires_closed_exercise`: it does too, and waits for the closing. `content` names the options
    that shape its bytes: another content is another batch.
    """

    name: str
    writer: WriterFactory
    file: str
    requires_closed_exercise: bool = False
    full_each_time: bool = False
    content: str = ""
    companions: Mapping[str, str] = field(default_factory=dict)

    @property
    def repeats(self) -> bool:
        """Whether a batch repeats the entries of earlier ones."""
        return self.full_each_time or self.requires_closed_exercise


@dataclass(frozen=True, slots=True)
class Journal:
    """The `count` entries of an exercise as batches of one format; `done` takes their progress."""

    reads: Reads
    head: ExportHeader
    form: JournalFormat
    count: int
    done: Callable[[int], object]

    @property
    def request(self) -> ExportRequest:
        """The request for the next batch; of a closed exercise its content is fixed beforehand."""
        return ExportRequest(
            series=f"{self.form.name}-{self.head.caf}-{self.head.exercise}",
            file=self.form.file,
            make=self._make,
            fingerprint=self._fingerprint(self.count),
            made=self._made,
        )

    def _fingerprint(self, count: int) -> str | None:
        if not (self.head.closing and self.head.closed):
            # Before the closing, entries are only added: their count identifies them.
            return f"{count} {self.form.content}".strip() if self.form.full_each_time else None
        return f"{self.head.closing.head_hash} {self.form.content}".strip()

    def _made(self, control: Control) -> str:
        """Return the fingerprint of a batch: entries booked since the count are included."""
        return self._fingerprint(control["count"]) or ""

    async def _make(self, path: Path, draft: Draft) -> Control:
        head = replace(self.head, number=draft.number)
        chain = Chain(head.caf, head.exercise) if head.closed else None
        writer, whole, batch = (
            self.form.writer(path, head),
            ExerciseBuilder(chain),
            ExerciseBuilder(),
        )
        async for entry in self._fresh(draft, whole):
            writer.add(entry)
            batch.add(entry)
        try:
            writer.close()
        finally:  # A broken chain is reported before the errors of the format.
            expect_validated(whole.exercise, head)
        if await queries.closing(self.reads, head.caf, head.exercise) != head.closing:
            raise UnrepresentableContentError(
                ["La clôture de l’exercice a commencé pendant l’export : recommencer."]
            )
        return {**batch_control(batch.exercise, head), **self._beside(writer)}

    def _beside(self, writer: Writer) -> Control:
        """Return the additional fields of the manifest, empty where there are none."""
        optional = {"notes": getattr(writer, "notes", ()), COMPANIONS: dict(self.form.companions)}
        return {name: value for name, value in optional.items() if value}

    async def _fresh(self, draft: Draft, whole: ExerciseBuilder) -> AsyncIterator[Entry]:
        """Yield the entries that no earlier batch holds, and record them as held by this one.

        Those of earlier batches are read too: the digest and the chain cover all of them.
        """
        pages = queries.entry_pages(self.reads, self.head.caf, self.head.exercise)
        async for page in pages:
            earlier = await self._earlier(draft, page)
            new = [document for document in page if _key(document) not in earlier]
            if new and not self.form.repeats:
                await draft.add_keys([_key(document) for document in new])
            for document in page:
                entry = document.existing
                whole.add(entry)
                if _key(document) not in earlier:
                    yield entry
            self.done(len(page))

    async def _earlier(self, draft: Draft, page: list[StoredState[Entry]]) -> set[str]:
        """Return the keys of a page that earlier batches hold, none where batches repeat them."""
        if self.form.repeats:
            return set()
        return await draft.entry_keys(_key(page[0]), _key(page[-1]))


def _key(document: StoredState[Entry]) -> str:
    return f"{document.document['place']}|{document.key}"


def _accounts(parameters: Parameters) -> Iterable[Account]:
    for chart in parameters.chart.values.values():
        for name in type(chart).model_fields:
            yield getattr(chart, name)
