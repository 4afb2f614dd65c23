"""`clas export list`: the batches that were exported."""

from datetime import datetime

import orjson

from shared.console.runtime import load_settings, run_async
from shared.console.terminal import add, echo, new_table, show
from shared.french import PARIS, grouped
from shared.kernel.settings import Settings
from shared.mongodb.export_register import Batch, open_register


def list_batches() -> None:
    """Print every batch that was given out."""
    settings = load_settings()
    batches = run_async(_all(settings), settings)
    if not batches:
        echo("Aucun lot.")
        return
    figures = ("Nombre", "Octets")
    columns = ("Lot", "Fichier", *figures, "Fait le", "SHA-256")
    table = new_table(*columns, right=figures, whole=("Lot",))
    for batch in batches:
        add(table, *_cells(batch))
    show(table)


def _cells(batch: Batch) -> tuple[str, ...]:
    manifest = orjson.loads(batch.manifest)
    made = f"{datetime.fromisoformat(manifest['made_at']).astimezone(PARIS):%d/%m/%Y %H:%M}"
    sizes = grouped(manifest["count"]), grouped(manifest["bytes"])
    return (f"{batch.series}-{batch.number:03}", batch.file, *sizes, made, manifest["sha256"])


async def _all(settings: Settings) -> list[Batch]:
    async with open_register(settings) as register:
        return await register.all()
