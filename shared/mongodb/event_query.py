"""What a report reads: events of one Caf, as a service received and said them, in its order."""

from shared.contracts.base import Wire
from shared.contracts.envelope import Envelope, decode, routing_key
from shared.kernel.settings import Settings
from shared.mongodb.read_api import Archive, archive

Heard = dict[str, tuple[Envelope, ...]]


async def heard(known: Settings, caf: str, wanted: dict[str, tuple[type[Wire], ...]]) -> Heard:
    """Return events by the service that keeps them: one query for each.

    Raises:
        StoreError: when the database does not answer.
    """
    async with archive(known) as kept:
        return {
            service: await heard_in(kept, service, caf, models)
            for service, models in wanted.items()
        }


async def heard_in(
    kept: Archive, service: str, caf: str, models: tuple[type[Wire], ...]
) -> tuple[Envelope, ...]:
    """Return the events of one service, from an archive that is open.

    Raises:
        StoreError: when the database does not answer.
    """
    keys = [routing_key(model.__name__, caf) for model in models]
    return tuple(decode(body) for body in await kept.heard(service, keys))
