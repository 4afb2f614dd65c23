"""`clas export list`: the batches of all series."""

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
    batches = run_async(_batches(settings), settings)
    figures = ("Nombre", "Octets")
    table = new_table(
        "Lot", "Fichier", *figures, "Fait le", "SHA-256", right=figures, whole=("Lot",)
    )
    for batch in batches:
        manifest = orjson.loads(batch.manifest)
        made = f"{datetime.fromisoformat(manifest['made_at']).astimezone(PARIS):%d/%m/%Y %H:%M}"
        cells = (grouped(manifest["count"]), grouped(manifest["bytes"]), made, manifest["sha256"])
        add(table, f"{batch.series}-{batch.number:03}", batch.file, *cells)
    if batches:
        show(table)
    else:
        echo("Aucun lot.")


async def _batches(settings: Settings) -> list[Batch]:
    async with open_register(settings) as register:
        return await register.all()
