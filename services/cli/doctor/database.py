"""Probes of MongoDB: transactions, and the outboxes of the services."""

from datetime import timedelta

from services.cli.doctor.results import ProbeResult, State, with_age
from services.cli.reads import open_all_reads
from shared.console.runtime import short
from shared.contracts.registry import SERVICES
from shared.kernel.ports import StoreError, StoreFormError
from shared.kernel.read_port import Reads
from shared.kernel.settings import Settings, address
from shared.mongodb.server import MongoServer, mongo_server

TRANSACTION_S_MAX = 10
STUCK = timedelta(minutes=1)
"""The relay publishes within seconds: what waits longer has a reason."""
NOT_PUBLISHED = (
    "clas serve {service}; where it runs, its log says why: unroutable, publishing_blocked,"
    " relay_fails"
)


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
    """Return the line of an outbox; one that does not empty is a failure."""
    count, subject = await reads.count_unpublished(), f"outbox of {service}"
    if not count:
        return ProbeResult("ok", subject, "empty", waiting=0)
    oldest = await reads.oldest_unpublished()
    stuck = oldest is not None and oldest > STUCK
    remedy = NOT_PUBLISHED.format(service=service) if stuck else "clas wait"
    state: State = "fail" if stuck else "warn"
    result = ProbeResult(state, subject, f"{count} to publish", remedy, count)
    return with_age(result, oldest)
