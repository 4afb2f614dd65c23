"""Scenarios by name, and the rows of the fault matrix that they show."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from deploy.embedded import PrivateMongo
from tests.chaos.run import Run
from tests.chaos.servers import Database

Fault = Callable[[Run], Awaitable[None]]


class NotHereError(Exception):
    """This machine does not allow the scenario; the text says what it lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A fault, and the load that it meets.

    `prepare` runs before the services start, if any. `fault` runs beside the load, while all
    services have work, and returns once all is healed. `proxied`: services reach both servers
    through a proxy. `supervised`: those that end are started again. `own_servers`: the servers are
    not used again. `database`: one node, unless it is another kind.
    """

    name: str
    rows: tuple[int, ...]
    summary: str
    fault: Fault
    prepare: Fault | None = None
    replicas: int = 1
    dossiers: int = 15
    copies: int = 1
    proxied: bool = False
    supervised: bool = False
    own_servers: bool = False
    database: Database = PrivateMongo
    settings: Mapping[str, str] = field(default_factory=dict)


SCENARIOS: dict[str, Scenario] = {}


def scenario(rows: tuple[int, ...], summary: str, **load: object) -> Callable[[Fault], Fault]:
    """Register a fault as a scenario; its name is that of the function, with hyphens."""

    def register(fault: Fault) -> Fault:
        name = fault.__name__.replace("_", "-")
        SCENARIOS[name] = Scenario(
            name=name,
            rows=rows,
            summary=summary,
            fault=fault,
            **load,  # type: ignore[arg-type]
        )
        return fault

    return register
