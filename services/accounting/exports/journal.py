"""The entries of an exercise into one file: all of them, or those that no earlier batch holds."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from services.accounting.domain.chart import Account, Parameters
from services.accounting.domain.closing import Closing, closing_key
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from services.accounting.exports.base import ExportHeader, Writer, WriterFactory
from services.accounting.exports.chain_check import ChainCheck
from services.accounting.exports.journal_totals import JournalTotals
from shared.exports.error_list import UnrepresentableContentError
from shared.exports.pipeline import COMPANIONS, Control, ExportRequest
from shared.kernel.ports import StoredDocument
from shared.mongodb.export_register import ExportDraft
from shared.mongodb.read_api import ReadApi

PAGE = 1_000
"""Entries that are compared with earlier batches at a time."""


async def head_of(kept: ReadApi, caf: str, exercise: int, parameters: Parameters) -> ExportHeader:
    """Return what the first batch of this exercise is of."""
    closing = await closing_of(kept, caf, exercise)
    names: dict[str, str] = {}
    async for grant in kept.stream("accounting", Grant.collection, {"caf": caf}):
        payee = grant.document["gestionnaire"]
        names[payee["siret"]] = payee["name"]
    return ExportHeader(
        caf=caf,
        exercise=exercise,
        number=1,
        closing=closing,
        gestionnaires=names,
        accounts={(each.ledger, each.account): each.label for each in _accounts(parameters)},
    )


@dataclass(frozen=True, slots=True)
class JournalForm:
    """A format of the journal: its name, its writer, the name of its file.

    A batch of a `whole` one holds every entry there is, whatever earlier batches hold; a
    `closed_only` one, too, and waits for the closing. `content` names the options that shape its
    bytes: another content is another batch.
    """

    name: str
    opening: WriterFactory
    file: str
    requires_closed_exercise: bool = False
    full_each_time: bool = False
    content: str = ""
    companions: Mapping[str, str] = field(default_factory=dict)

    @property
    def repeats(self) -> bool:
        """Whether a batch holds again what earlier ones hold."""
        return self.full_each_time or self.requires_closed_exercise


@dataclass(frozen=True, slots=True)
class Journal:
    """The `count` entries of an exercise as batches of one format; `done` is told of each."""

    kept: ReadApi
    head: ExportHeader
    form: JournalForm
    count: int
    done: Callable[[int], object]

    @property
    def order(self) -> ExportRequest:
        """The order of the next batch; on a closed exercise its content is known beforehand."""
        return ExportRequest(
            series=f"{self.form.name}-{self.head.caf}-{self.head.exercise}",
            file=self.form.file,
            make=self._make,
            fingerprint=self._fingerprint(self.count),
            made=self._made,
        )

    def _fingerprint(self, count: int) -> str | None:
        if not (self.head.closing and self.head.closed):
            # Until the closing entries are only ever added: their number says which they are.
            return f"{count} {self.form.content}".strip() if self.form.full_each_time else None
        return f"{self.head.closing.head_hash} {self.form.content}".strip()

    def _made(self, control: Control) -> str:
        """Name what a batch holds: more entries than were counted, if some came meanwhile."""
        return self._fingerprint(control["count"]) or ""

    async def _make(self, path: Path, attempt: ExportDraft) -> Control:
        head, tally = replace(self.head, number=attempt.number), JournalTotals()
        writer, sealed = self.form.opening(path, head), ChainCheck(head)
        async for entry in self._fresh(attempt, sealed):
            writer.add(entry)
            tally.add(entry)
        try:
            writer.close()
        finally:  # What broke the seal comes before what a format makes of it.
            sealed.check()
        if await closing_of(self.kept, head.caf, head.exercise) != head.closing:
            raise UnrepresentableContentError(
                ["La clôture de l’exercice a commencé pendant l’export : recommencer."]
            )
        return {**tally.control(head), **self._beside(writer)}

    def _beside(self, writer: Writer) -> Control:
        """Return what the manifest says beyond the entries, where there is anything to say."""
        said = {"notes": getattr(writer, "notes", ()), COMPANIONS: dict(self.form.companions)}
        return {name: value for name, value in said.items() if value}

    async def _fresh(self, attempt: ExportDraft, sealed: ChainCheck) -> AsyncIterator[Entry]:
        """Yield the entries that no earlier batch holds, and keep them as held by this one.

        All of them are looked at: what earlier batches hold was sealed with the rest.
        """
        async for page in self._pages():
            known = await self._known(attempt, page)
            new = [found for found in page if _key(found) not in known]
            if new and not self.form.repeats:
                await attempt.add_keys([_key(found) for found in new])
            for found in page:
                entry = found.read(Entry)
                sealed.add(entry)
                if _key(found) not in known:
                    yield entry
            self.done(len(page))

    async def _known(self, attempt: ExportDraft, page: list[StoredDocument]) -> set[str]:
        """Return what earlier batches hold of a page; some formats are given out whole."""
        if self.form.repeats:
            return set()
        return await attempt.entry_keys(_key(page[0]), _key(page[-1]))

    async def _pages(self) -> AsyncIterator[list[StoredDocument]]:
        where = {"caf": self.head.caf, "exercise": self.head.exercise}
        page: list[StoredDocument] = []
        async for found in self.kept.stream("accounting", Entry.collection, where, ("place",)):
            page.append(found)
            if len(page) == PAGE:
                yield page
                page = []
        if page:
            yield page


async def closing_of(kept: ReadApi, caf: str, exercise: int) -> Closing | None:
    """Return how far the closing of an exercise came, None where none was accepted."""
    return await kept.state("accounting", Closing, closing_key(caf, exercise))


async def counted_entries(kept: ReadApi, caf: str, exercise: int) -> int:
    """Count the entries of an exercise."""
    return await kept.count_states(
        "accounting", Entry.collection, {"caf": caf, "exercise": exercise}
    )


def _key(found: StoredDocument) -> str:
    return f"{found.document['place']}|{found.id}"


def _accounts(parameters: Parameters) -> Iterable[Account]:
    for chart in parameters.chart.values.values():
        for name in type(chart).model_fields:
            yield getattr(chart, name)
