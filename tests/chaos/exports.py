"""A disk that is full when a command writes files."""

import asyncio

from tests.chaos.database import may_mount
from tests.chaos.registry import scenario
from tests.chaos.run import Run

JOURNAL = ("export", "csv", "--caf", "761", "--exercise", "2025")


@scenario(rows=(34,), summary="The directory of an export full", prepare=may_mount)
async def export_disk_full(run: Run) -> None:
    """Nothing is left under the final name, and the batch is written once there is space."""
    await asyncio.sleep(run.seconds)
    folder = run.stage.folder / "exports"
    folder.mkdir()
    small = f'mount -t tmpfs -o size=8k tmpfs {folder} && "$@"; code=$?; ls -R {folder}; exit $code'
    full = ("unshare", "--mount", "sh", "-c", small, "sh")
    printed = await run.clas(*JOURNAL, "--to", str(folder), within=full, code=1)
    assert "clas.csv" not in printed, printed
    await run.clas(*JOURNAL, "--to", str(folder))
    assert list(folder.rglob("*.csv"))
