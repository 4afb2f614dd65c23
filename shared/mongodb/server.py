"""What a MongoDB server says of itself."""

from dataclasses import dataclass
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from shared.kernel.ports import StoreError
from shared.kernel.settings import Settings
from shared.mongodb.errors import map_driver_errors
from shared.mongodb.store import connect

ANSWER_MS_MAX = 2_500
"""Somebody waits for this answer, also when the server is away."""
LIFETIME = "transactionLifetimeLimitSeconds"


@dataclass(frozen=True, slots=True)
class MongoServer:
    """A server: `transaction_s` is the longest life of a transaction, None where we may not ask."""

    version: str
    has_transactions: bool
    transaction_s: float | None


async def mongo_server(settings: Settings) -> MongoServer:
    """Ask the server for its version and what it can do.

    Raises:
        StoreUnavailableError: when the address is none, or no server answers.
    """
    with map_driver_errors():
        client = connect(settings.mongo_url, ANSWER_MS_MAX, ANSWER_MS_MAX)
    try:
        with map_driver_errors():
            info = await client.admin.command("buildInfo")
            hello = await client.admin.command("hello")
        return MongoServer(
            version=str(info["version"]),
            has_transactions="setName" in hello or hello.get("msg") == "isdbgrid",
            transaction_s=await _transaction_s(client.admin),
        )
    finally:
        client.close()


async def _transaction_s(admin: AsyncIOMotorDatabase[dict[str, Any]]) -> float | None:
    try:
        with map_driver_errors():
            answer = await admin.command({"getParameter": 1, LIFETIME: 1})
    except StoreError:
        return None  # A service's user need not be allowed to ask.
    return float(answer[LIFETIME])
