"""What `clas doctor` looks at: each look gives lines with a state, a finding and a way out."""

from dataclasses import dataclass
from typing import Literal

from shared.console.runtime import address, short
from shared.contracts.registry import SERVICES
from shared.kernel.outbox import dead_letters_of, queue_of
from shared.kernel.ports import BrokerUnavailableError, StoreError
from shared.kernel.settings import Settings
from shared.mongodb.read_api import MongoServer, ReadApi, open_read_api
from shared.rabbitmq.broker_admin import (
    Connection,
    connected,
    missing_topology,
    queue_stats,
    version,
)

TRANSACTION_S_MAX = 10
DECLARE = "clas topology"


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One line: what was looked at, what was found, and what to do about it."""

    state: Literal["ok", "warn", "fail"]
    what: str
    found: str
    way_out: str = ""


async def probe_broker(settings: Settings) -> list[ProbeResult]:
    """Look at RabbitMQ: whether it is there and whole, and every service consumes."""
    where = address(settings.amqp_url)
    try:
        async with connected(settings) as connection:
            there = ProbeResult("ok", "RabbitMQ", f"{version(connection)} at {where}")
            topology = await _topology(connection, settings)
            return [
                there,
                topology,
                *[each for s in SERVICES for each in await _queues(connection, s)],
            ]
    except BrokerUnavailableError as fault:
        way_out = "clas up, or set CLAS_AMQP_URL"
        return [ProbeResult("fail", "RabbitMQ", f"{where}: {short(fault)}", way_out)]


async def probe_database(settings: Settings) -> list[ProbeResult]:
    """Look at MongoDB: whether it is there with transactions, and nothing waits to be sent."""
    where = address(settings.mongo_url)
    try:
        async with open_read_api(settings) as kept:
            server = await kept.server()
            there = ProbeResult("ok", "MongoDB", f"MongoDB {server.version} at {where}")
            checks = [there, _transactions(server), _lifetime(server)]
            return checks + [await _outbox(kept, service) for service in SERVICES]
    except StoreError as fault:
        way_out = "clas up, or set CLAS_MONGO_URL"
        return [ProbeResult("fail", "MongoDB", f"{where}: {short(fault)}", way_out)]


async def _topology(connection: Connection, settings: Settings) -> ProbeResult:
    absent = await missing_topology(connection, settings)
    if not absent:
        return ProbeResult("ok", "topology", "all queues, and the seal on their bindings")
    return ProbeResult("fail", "topology", f"not there: {', '.join(absent)}", DECLARE)


async def _queues(connection: Connection, service: str) -> list[ProbeResult]:
    queue, letters = queue_of(service), dead_letters_of(service)
    at_work, dead = await queue_stats(connection, queue), await queue_stats(connection, letters)
    checks = []
    if at_work:
        found = f"{at_work.messages} waiting, {at_work.consumers} consuming"
        way_out = "" if at_work.consumers else f"clas serve {service}"
        checks.append(ProbeResult("ok" if at_work.consumers else "warn", queue, found, way_out))
    if dead:
        found = f"{dead.messages} waiting"
        way_out = f"clas dead-letters list {service}" if dead.messages else ""
        checks.append(ProbeResult("warn" if dead.messages else "ok", letters, found, way_out))
    return checks


def _transactions(server: MongoServer) -> ProbeResult:
    if server.has_transactions:
        return ProbeResult("ok", "transactions", "it is a replica set")
    way_out = "start mongod with --replSet and run rs.initiate(); one node is enough"
    return ProbeResult("fail", "transactions", "it is not a replica set: it has none", way_out)


def _lifetime(server: MongoServer) -> ProbeResult:
    what, limit = "transaction lifetime", server.transaction_s
    if limit is None:
        return ProbeResult(
            "warn", what, "we may not ask", "look at transactionLifetimeLimitSeconds"
        )
    if limit <= TRANSACTION_S_MAX:
        return ProbeResult("ok", what, f"{limit:g} s")
    found = (
        f"{limit:g} s: a service that is killed keeps its documents locked up to {1.5 * limit:g} s"
    )
    return ProbeResult(
        "warn", what, found, f"set transactionLifetimeLimitSeconds to {TRANSACTION_S_MAX}"
    )


async def _outbox(kept: ReadApi, service: str) -> ProbeResult:
    waiting, what = await kept.count_unpublished(service), f"outbox of {service}"
    if not waiting:
        return ProbeResult("ok", what, "empty")
    way_out = "clas wait; if it does not empty, is the service running?"
    return ProbeResult("warn", what, f"{waiting} to publish", way_out)
