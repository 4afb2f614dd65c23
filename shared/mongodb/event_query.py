"""What a report reads: events of one Caf, as a service received and said them, in its order."""

from shared.contracts.base import WireModel
from shared.contracts.envelope import Envelope, decode, routing_key
from shared.kernel.settings import Settings
from shared.mongodb.read_api import ReadApi, open_read_api

PublishedEvents = dict[str, tuple[Envelope, ...]]


async def events_of_types(
    settings: Settings, caf: str, wanted: dict[str, tuple[type[WireModel], ...]]
) -> PublishedEvents:
    """Return events by the service that keeps them: one query for each.

    Raises:
        StoreError: when the database does not answer.
    """
    async with open_read_api(settings) as kept:
        return {
            service: await events_in(kept, service, caf, models)
            for service, models in wanted.items()
        }


async def events_in(
    kept: ReadApi, service: str, caf: str, models: tuple[type[WireModel], ...]
) -> tuple[Envelope, ...]:
    """Return the events of one service, from an archive that is open.

    Raises:
        StoreError: when the database does not answer.
    """
    keys = [routing_key(model.__name__, caf) for model in models]
    return tuple(decode(body) for body in await kept.events_by_routing_key(service, keys))
