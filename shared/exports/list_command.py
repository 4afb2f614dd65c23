"""`clas export list`: the batches of all series."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import orjson
import typer

from shared.console.json_output import AsJson, print_json
from shared.console.listing import Limit, first
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import add, echo, new_table, show
from shared.french import grouped, in_paris
from shared.kernel.settings import Settings
from shared.mongodb.export_register import Batch, open_register


@dataclass(frozen=True, slots=True)
class ExportedBatch:
    """A batch and its manifest (docs/exports.md)."""

    series: str
    number: int
    file: str
    manifest: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ExportsDocument:
    """The batches by series and number; `count` is their number before --limit."""

    count: int
    batches: tuple[ExportedBatch, ...]


def list_batches(
    *,
    caf: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only the series of this Caf, such as 761.")
    ] = None,
    series: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only the series that begin so, such as csv-761-2025."),
    ] = None,
    limit: Limit = 0,
    as_json: AsJson = False,
) -> None:
    """Print every batch that was given out."""
    settings = load_settings()
    chosen = chosen_batches(run_async(_batches(settings), settings), caf, series or "")
    batches = first(chosen, limit)
    if as_json:
        print_json(ExportsDocument(len(chosen), tuple(map(exported_batch, batches))))
    else:
        _print_table(batches)


def chosen_batches(batches: Iterable[Batch], caf: str | None, series: str) -> list[Batch]:
    """Return the batches of a Caf, whose code is a part of the series, and of a series."""
    return [
        batch
        for batch in batches
        if batch.series.startswith(series) and (not caf or caf in batch.series.split("-"))
    ]


def exported_batch(batch: Batch) -> ExportedBatch:
    """Return a batch with its manifest read."""
    return ExportedBatch(batch.series, batch.number, batch.file, orjson.loads(batch.manifest))


def _print_table(batches: Sequence[Batch]) -> None:
    figures = ("Nombre", "Octets")
    table = new_table(
        "Lot", "Fichier", *figures, "Fait le", "SHA-256", right=figures, whole=("Lot",)
    )
    for batch in batches:
        manifest = orjson.loads(batch.manifest)
        made = f"{in_paris(datetime.fromisoformat(manifest['made_at'])):%d/%m/%Y %H:%M}"
        cells = (grouped(manifest["count"]), grouped(manifest["bytes"]), made, manifest["sha256"])
        add(table, f"{batch.series}-{batch.number:03}", batch.file, *cells)
    if batches:
        show(table)
    else:
        echo("Aucun lot.")


async def _batches(settings: Settings) -> list[Batch]:
    async with open_register(settings) as register:
        return await register.all()
