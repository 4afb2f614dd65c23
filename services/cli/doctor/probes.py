"""What `clas doctor` looks at: each look gives lines with a state, a finding and a way out."""

from dataclasses import dataclass
from typing import Literal

from shared.console.runtime import address, short
from shared.contracts.registry import SERVICES
from shared.kernel.outbox import dead_letters_of, queue_of
from shared.kernel.ports import BusAway, StoreError
from shared.kernel.settings import Settings
from shared.mongodb.read_api import Archive, MongoServer, archive
from shared.rabbitmq.broker_admin import Connection, connected, depth, missing, version

TRANSACTION_S_MAX = 10
DECLARE = "clas topology"


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, what was found, and what to do about it."""

    state: Literal["ok", "warn", "fail"]
    what: str
    found: str
    way_out: str = ""


async def of_broker(known: Settings) -> list[Check]:
    """Look at RabbitMQ: whether it is there and whole, and every service consumes."""
    where = address(known.amqp_url)
    try:
        async with connected(known) as connection:
            there = Check("ok", "RabbitMQ", f"{version(connection)} at {where}")
            topology = await _topology(connection, known)
            return [
                there,
                topology,
                *[each for s in SERVICES for each in await _queues(connection, s)],
            ]
    except BusAway as fault:
        way_out = "clas up, or set CLAS_AMQP_URL"
        return [Check("fail", "RabbitMQ", f"{where}: {short(fault)}", way_out)]


async def of_database(known: Settings) -> list[Check]:
    """Look at MongoDB: whether it is there with transactions, and nothing waits to be sent."""
    where = address(known.mongo_url)
    try:
        async with archive(known) as kept:
            server = await kept.server()
            there = Check("ok", "MongoDB", f"MongoDB {server.version} at {where}")
            checks = [there, _transactions(server), _lifetime(server)]
            return checks + [await _outbox(kept, service) for service in SERVICES]
    except StoreError as fault:
        way_out = "clas up, or set CLAS_MONGO_URL"
        return [Check("fail", "MongoDB", f"{where}: {short(fault)}", way_out)]


async def _topology(connection: Connection, known: Settings) -> Check:
    absent = await missing(connection, known)
    if not absent:
        return Check("ok", "topology", "all queues, and the seal on their bindings")
    return Check("fail", "topology", f"not there: {', '.join(absent)}", DECLARE)


async def _queues(connection: Connection, service: str) -> list[Check]:
    queue, letters = queue_of(service), dead_letters_of(service)
    at_work, dead = await depth(connection, queue), await depth(connection, letters)
    checks = []
    if at_work:
        found = f"{at_work.messages} waiting, {at_work.consumers} consuming"
        way_out = "" if at_work.consumers else f"clas serve {service}"
        checks.append(Check("ok" if at_work.consumers else "warn", queue, found, way_out))
    if dead:
        found = f"{dead.messages} waiting"
        way_out = f"clas dead-letters list {service}" if dead.messages else ""
        checks.append(Check("warn" if dead.messages else "ok", letters, found, way_out))
    return checks


def _transactions(server: MongoServer) -> Check:
    if server.has_transactions:
        return Check("ok", "transactions", "it is a replica set")
    way_out = "start mongod with --replSet and run rs.initiate(); one node is enough"
    return Check("fail", "transactions", "it is not a replica set: it has none", way_out)


def _lifetime(server: MongoServer) -> Check:
    what, limit = "transaction lifetime", server.transaction_s
    if limit is None:
        return Check("warn", what, "we may not ask", "look at transactionLifetimeLimitSeconds")
    if limit <= TRANSACTION_S_MAX:
        return Check("ok", what, f"{limit:g} s")
    found = (
        f"{limit:g} s: a service that is killed keeps its documents locked up to {1.5 * limit:g} s"
    )
    return Check("warn", what, found, f"set transactionLifetimeLimitSeconds to {TRANSACTION_S_MAX}")


async def _outbox(kept: Archive, service: str) -> Check:
    waiting, what = await kept.pending(service), f"outbox of {service}"
    if not waiting:
        return Check("ok", what, "empty")
    way_out = "clas wait; if it does not empty, is the service running?"
    return Check("warn", what, f"{waiting} to publish", way_out)
