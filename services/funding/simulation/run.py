"""The two runs of a simulation: with the parameters in force, and with the changes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from services.funding.right import Key, Right
from services.funding.rights import EVENT_NAMES, rights_of
from services.funding.service import PARAMETERS, SERVICE
from services.funding.simulation.changes import Changes
from shared.contracts.envelope import decode
from shared.kernel.memory.single_service import InMemoryService
from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.service import Service

Done = Callable[[], None]
SimulatedRights = dict[Key, Right]
"""The rights of a school year, also those refused or cancelled."""


def simulated_rights(outputs: Iterable[OutgoingMessage], school_year: str) -> SimulatedRights:
    """Return the rights of a school year after these events of funding, in order."""
    bodies = (o.body for o in outputs if o.routing_key.partition(".")[0] in EVENT_NAMES)
    of_year = rights_of(decode(body).data for body in bodies).of_year(school_year)
    return {right.key: right for right in of_year}


async def as_today(
    arrived: Sequence[IncomingMessage], school_year: str, done: Done
) -> SimulatedRights:
    """Decide messages with the parameters in force; `done` is called after each."""
    return await _run(SERVICE, arrived, school_year, done)


async def with_changes(
    changes: Changes, arrived: Sequence[IncomingMessage], school_year: str, done: Done
) -> SimulatedRights:
    """Decide messages with the changed parameters; `done` is called after each.

    Raises:
        ChangeError: when no share is known for that year.
    """
    changed = replace(SERVICE, parameters=changes.parameters(PARAMETERS))
    return await _run(changed, changes.messages(arrived, PARAMETERS), school_year, done)


async def _run(
    service: Service, arrived: Sequence[IncomingMessage], school_year: str, done: Done
) -> SimulatedRights:
    player = InMemoryService(service)
    outputs: list[OutgoingMessage] = []
    for message in arrived:
        outputs += await player.handle(message)
        done()
    return simulated_rights(outputs, school_year)
