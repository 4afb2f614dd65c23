"""The databases of the four services, for commands that read several of them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from shared.contracts.registry import SERVICES
from shared.kernel.messages import MessageRecord
from shared.kernel.read_port import Reads
from shared.kernel.settings import Settings

ReadsByService = Mapping[str, Reads]


@asynccontextmanager
async def open_all_reads(settings: Settings) -> AsyncIterator[ReadsByService]:
    """Open the database of each service for reading.

    Raises:
        StoreError: when the address is none, or (at the first query) when no server answers.
    """
    # Loaded when they are opened: the help of a command needs no state of any service.
    from services.accounting import queries as accounting
    from services.eligibility import queries as eligibility
    from services.funding import queries as funding
    from services.submission import queries as submission

    opened = {
        "submission": submission.opened(settings),
        "eligibility": eligibility.opened(settings),
        "funding": funding.opened(settings),
        "accounting": accounting.opened(settings),
    }
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(each) for name, each in opened.items()}


async def records_of_dossier(settings: Settings, dossier_id: str) -> dict[str, list[MessageRecord]]:
    """Return the records about a dossier, oldest first, by service.

    Raises:
        StoreError: when the database does not answer.
    """
    async with open_all_reads(settings) as reads:
        return {name: await reads[name].records_of_dossier(dossier_id) for name in SERVICES}
