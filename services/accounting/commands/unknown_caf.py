"""The Cafs whose books accounting keeps."""

from typing import NoReturn

from services.accounting.domain.books import Books
from shared.console.terminal import Code, fail
from shared.mongodb.read_api import ReadApi


async def fail_without_books(kept: ReadApi, caf: str) -> NoReturn:
    """End with the Cafs whose books are known, where those of this one are not."""
    cafs = ", ".join(await kept.keys("accounting", Books.collection)) or "none yet"
    fail(f"accounting has no books of Caf {caf}; it has those of: {cafs}", Code.WRONG)
