"""The two runs of a simulation: with the parameters in force, and with the changes."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from services.funding.service import PARAMETERS, SERVICE
from services.funding.simulation.changes import Changes
from services.funding.simulation.rights import Rights, rights
from shared.kernel.decision import Service
from shared.kernel.memory.single_service import InMemoryService
from shared.kernel.ports import IncomingMessage, OutgoingMessage

Done = Callable[[], None]


async def as_today(arrived: Sequence[IncomingMessage], school_year: str, done: Done) -> Rights:
    """Decide messages with the parameters in force; `done` is called after each."""
    return await _run(SERVICE, arrived, school_year, done)


async def with_changes(
    changes: Changes, arrived: Sequence[IncomingMessage], school_year: str, done: Done
) -> Rights:
    """Decide messages with the changed parameters; `done` is called after each.

    Raises:
        ChangeError: when no share is known for that year.
    """
    changed = replace(SERVICE, parameters=changes.parameters(PARAMETERS))
    return await _run(changed, changes.messages(arrived, PARAMETERS), school_year, done)


async def _run(
    service: Service, arrived: Sequence[IncomingMessage], school_year: str, done: Done
) -> Rights:
    player = InMemoryService(service)
    outputs: list[OutgoingMessage] = []
    for message in arrived:
        outputs += await player.handle(message)
        done()
    return rights(outputs, school_year)
