"""Books to export: the demo campaign played in this process, and samples of single entries."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import orjson

from services.accounting.domain.chart import Account, Chart
from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from services.accounting.exports.formats.base import ExportHeader, WriterFactory
from services.accounting.service import SERVICE
from services.cli.demo.driver import InProcessDriver
from services.cli.demo.sample import campaign
from shared.contracts.envelope import Envelope, InvalidMessageError, decode
from shared.kernel.decision import State
from shared.kernel.memory.system import MemorySystem, running
from shared.kernel.settings import Settings
from tests.support.services import ALL

S = TypeVar("S", bound=State)


@dataclass(frozen=True)
class Books:
    """What accounting keeps after a campaign, and every event of it."""

    entries: tuple[Entry, ...]
    closings: tuple[Closing, ...]
    gestionnaires: dict[str, str]
    events: tuple[Envelope, ...]

    def of(self, exercise: int) -> list[Entry]:
        """Return the entries of an exercise in the order of their numbers."""
        return [entry for entry in self.entries if entry.exercise == exercise]

    def head(self, exercise: int) -> ExportHeader:
        """Return the header of an export of an exercise."""
        closings = [each for each in self.closings if each.exercise == exercise]
        return head(exercise, closings[0] if closings else None, self.gestionnaires)


@cache
def demo() -> Books:
    """Return the books of the demo campaign."""
    return asyncio.run(_played())


def head(
    exercise: int = 2025,
    closing: Closing | None = None,
    gestionnaires: dict[str, str] | None = None,
) -> ExportHeader:
    """Return the head of the first batch of Caf 761."""
    return ExportHeader(
        caf="761",
        exercise=exercise,
        number=1,
        closing=closing,
        gestionnaires=gestionnaires or {},
        accounts={(each.ledger, each.account): each.label for each in _accounts()},
    )


def write(opening: WriterFactory, path: Path, of: ExportHeader, entries: Iterable[Entry]) -> Path:
    """Write a file from entries."""
    writer = opening(path, of)
    for entry in entries:
        writer.add(entry)
    writer.close()
    return path


def _accounts() -> list[Account]:
    chart = SERVICE.parameters.chart_of("2025-2026")
    return [getattr(chart, name) for name in Chart.model_fields]


async def _played() -> Books:
    async with running(ALL, Settings()) as system:
        stage = InProcessDriver(system)
        for batch in campaign():
            await stage.send(batch.messages)
            await stage.wait_until_idle()
        return _in_order(system)


def _in_order(system: MemorySystem) -> Books:
    store = system.stores["accounting"]
    entries = [_read(Entry, each) for each in store.documents(Entry.collection)]
    grants = [_read(Grant, each) for each in store.documents(Grant.collection)]
    return Books(
        entries=tuple(sorted(entries, key=_place)),
        closings=tuple(_read(Closing, each) for each in store.documents(Closing.collection)),
        gestionnaires={each.gestionnaire.siret: each.gestionnaire.name for each in grants},
        events=tuple(_readable(delivery.body for delivery in system.broker.log)),
    )


def _readable(bodies: Iterable[bytes]) -> Iterator[Envelope]:
    """Some producers of the demo send unreadable messages."""
    for body in bodies:
        with suppress(InvalidMessageError):
            yield decode(body)


def _read(model: type[S], document: dict[str, Any]) -> S:
    return model.model_validate_json(orjson.dumps(document))


def _place(entry: Entry) -> tuple[int, str, str]:
    return (entry.exercise, entry.place, entry.entry_id)
