"""The Cafs whose books accounting keeps."""

from typing import NoReturn

from services.accounting import queries
from shared.console.terminal import Code, fail
from shared.kernel.read_port import Reads


async def fail_without_books(reads: Reads, caf: str) -> NoReturn:
    """End with the Cafs that accounting has books of, where it has none of this one."""
    cafs = ", ".join(await queries.cafs(reads)) or "none yet"
    fail(f"accounting has no books of Caf {caf}; it has those of: {cafs}", Code.WRONG)
