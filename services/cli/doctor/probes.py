"""Probes of `clas doctor`: each returns results with a state, a detail and a remedy."""

from dataclasses import dataclass
from typing import Literal

from services.cli.reads import open_all_reads
from shared.console.runtime import short
from shared.contracts.registry import SERVICES
from shared.kernel.outbox import dead_letters_of, queue_of
from shared.kernel.ports import BrokerUnavailableError, StoreError, StoreFormError
from shared.kernel.read_port import Reads
from shared.kernel.settings import Settings, address
from shared.mongodb.server import MongoServer, mongo_server
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
    """One line: the subject of the probe, its state, the detail, and the remedy."""

    state: Literal["ok", "warn", "fail"]
    subject: str
    detail: str
    remedy: str = ""


async def probe_broker(settings: Settings) -> list[ProbeResult]:
    """Probe RabbitMQ: reachable, its topology complete, every service consuming."""
    where = address(settings.amqp_url)
    try:
        async with connected(settings) as connection:
            reachable = ProbeResult("ok", "RabbitMQ", f"{version(connection)} at {where}")
            topology = await _topology(connection, settings)
            return [
                reachable,
                topology,
                *[result for service in SERVICES for result in await _queues(connection, service)],
            ]
    except BrokerUnavailableError as fault:
        remedy = "clas up, or set CLAS_AMQP_URL"
        return [ProbeResult("fail", "RabbitMQ", f"{where}: {short(fault)}", remedy)]


async def probe_database(settings: Settings) -> list[ProbeResult]:
    """Probe MongoDB: whether it answers, has transactions, and no outbox waits."""
    where = address(settings.mongo_url)
    try:
        server = await mongo_server(settings)
        reachable = ProbeResult("ok", "MongoDB", f"MongoDB {server.version} at {where}")
        async with open_all_reads(settings) as reads:
            outboxes = [await _outbox(reads[service], service) for service in SERVICES]
        return [reachable, _transactions(server), _lifetime(server), *outboxes]
    except StoreFormError as fault:
        return [ProbeResult("fail", "MongoDB", str(fault), "clas migrate")]
    except StoreError as fault:
        remedy = "clas up, or set CLAS_MONGO_URL"
        return [ProbeResult("fail", "MongoDB", f"{where}: {short(fault)}", remedy)]


async def _topology(connection: Connection, settings: Settings) -> ProbeResult:
    missing = await missing_topology(connection, settings)
    if not missing:
        return ProbeResult("ok", "topology", "all queues, and the seal on their bindings")
    return ProbeResult("fail", "topology", f"not there: {', '.join(missing)}", DECLARE)


async def _queues(connection: Connection, service: str) -> list[ProbeResult]:
    queue, dead_letter_queue = queue_of(service), dead_letters_of(service)
    queue_state, dead_letters = (
        await queue_stats(connection, queue),
        await queue_stats(connection, dead_letter_queue),
    )
    results = []
    if queue_state:
        detail = f"{queue_state.messages} waiting, {queue_state.consumers} consuming"
        remedy = "" if queue_state.consumers else f"clas serve {service}"
        results.append(
            ProbeResult("ok" if queue_state.consumers else "warn", queue, detail, remedy)
        )
    if dead_letters:
        detail = f"{dead_letters.messages} waiting"
        remedy = f"clas dead-letters list {service}" if dead_letters.messages else ""
        results.append(
            ProbeResult(
                "warn" if dead_letters.messages else "ok", dead_letter_queue, detail, remedy
            )
        )
    return results


def _transactions(server: MongoServer) -> ProbeResult:
    if server.has_transactions:
        return ProbeResult("ok", "transactions", "it is a replica set")
    remedy = "start mongod with --replSet and run rs.initiate(); one node is enough"
    return ProbeResult("fail", "transactions", "it is not a replica set: it has none", remedy)


def _lifetime(server: MongoServer) -> ProbeResult:
    subject, limit = "transaction lifetime", server.transaction_s
    if limit is None:
        return ProbeResult(
            "warn", subject, "we may not ask", "check transactionLifetimeLimitSeconds"
        )
    if limit <= TRANSACTION_S_MAX:
        return ProbeResult("ok", subject, f"{limit:g} s")
    detail = (
        f"{limit:g} s: a service that is killed keeps its documents locked up to {1.5 * limit:g} s"
    )
    return ProbeResult(
        "warn", subject, detail, f"set transactionLifetimeLimitSeconds to {TRANSACTION_S_MAX}"
    )


async def _outbox(reads: Reads, service: str) -> ProbeResult:
    waiting, subject = await reads.count_unpublished(), f"outbox of {service}"
    if not waiting:
        return ProbeResult("ok", subject, "empty")
    remedy = "clas wait; if it does not empty, is the service running?"
    return ProbeResult("warn", subject, f"{waiting} to publish", remedy)
