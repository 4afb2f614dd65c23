"""The form of a database: one number for all its documents, in its collection `meta`."""

from collections.abc import Iterable
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase

from shared.kernel.messages import FORM
from shared.kernel.ports import StoreFormError
from shared.mongodb.errors import map_driver_errors

META, KEY = "meta", {"_id": "form"}
FIRST = 1
"""The form of a database without a number: that of release 0.3.0."""
Document = dict[str, Any]


async def stored_form(database: AsyncIOMotorDatabase[Document]) -> int | None:
    """Return the form of a database, None of one that does not exist yet.

    Raises:
        StoreError: when the database does not answer.
    """
    with map_driver_errors():
        # In this order: whoever creates a database writes its number before anything else.
        names = await database.list_collection_names()
        numbered = await database[META].find_one(KEY)
    if numbered:
        return int(numbered["form"])
    return FIRST if set(names) - {META} else None


async def check_form(database: AsyncIOMotorDatabase[Document]) -> None:
    """Pass when the database is new, or has the form of this release.

    Raises:
        StoreFormError: when it has another one.
        StoreError: when the database does not answer.
    """
    form = await stored_form(database)
    if form not in {None, FORM}:
        raise StoreFormError(_way_out(database.name, form or FIRST))


async def check_forms(
    client: AsyncIOMotorClient[Document], prefix: str, names: Iterable[str]
) -> None:
    """Pass when each of these databases is new, or has the form of this release.

    Raises:
        StoreFormError: when one has another form.
        StoreError: when the server does not answer.
    """
    for name in names:
        await check_form(client[f"{prefix}{name}"])


async def write_form(database: AsyncIOMotorDatabase[Document]) -> None:
    """Note that the database has the form of this release.

    Raises:
        StoreError: when the database does not answer.
    """
    with map_driver_errors():
        await database[META].replace_one(KEY, {**KEY, "form": FORM}, upsert=True)


def _way_out(name: str, form: int) -> str:
    text = f"the database {name} has form {form}, this release reads and writes form {FORM}"
    if form > FORM:
        return f"{text}: run the release that wrote it"
    return f"{text}: stop the services and run `clas migrate`"
