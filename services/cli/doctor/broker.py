"""Probes of RabbitMQ: topology, bindings, queues and dead letters."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from services.cli.doctor.ages import oldest_dead_letter, oldest_in_queue
from services.cli.doctor.results import ProbeResult, State, with_age
from shared.console.runtime import short
from shared.contracts.registry import SERVICES
from shared.kernel.outbox import dead_letters_of, queue_of
from shared.kernel.ports import BrokerUnavailableError
from shared.kernel.settings import Settings, address
from shared.rabbitmq.broker_admin import (
    Connection,
    QueueStats,
    alternate_exchange_missing,
    connected,
    missing_topology,
    queue_stats,
    version,
)
from shared.rabbitmq.errors import TopologyError
from shared.rabbitmq.event_log import EventLog, open_event_log
from shared.rabbitmq.management import actual_bindings, policy_names_alternate
from shared.rabbitmq.topology import (
    ALTERNATE_EXCHANGE_POLICY,
    EXCHANGE,
    UNROUTED,
    Binding,
    bindings,
)

FIRST_S_MAX = 2.5
"""How long a server that is away is waited for."""
ALL_S_MAX = 45.0
LOG_END_S_MAX = 2.0
BINDINGS_LISTED = 3
UNBIND = "clas topology takes # away from clas.log; unbind any other"


async def probe_broker(settings: Settings) -> list[ProbeResult]:
    """Probe RabbitMQ: reachable, its topology complete, every service consuming."""
    results: list[ProbeResult] = []
    try:
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(FIRST_S_MAX):
                connection = await stack.enter_async_context(connected(settings))
            async with asyncio.timeout(ALL_S_MAX):
                log = await _event_log(stack, connection)
                async for result in _probes(connection, settings, log):
                    results.append(result)  # noqa: PERF401 - what came before a time-out stays
    except (BrokerUnavailableError, TimeoutError) as fault:
        where, remedy = address(settings.amqp_url), "clas up, or set CLAS_AMQP_URL"
        bound_s = ALL_S_MAX if results else FIRST_S_MAX
        reason = short(fault) or f"no answer within {bound_s:g} s"
        results.append(ProbeResult("fail", "RabbitMQ", f"{where}: {reason}", remedy))
    return results


async def _event_log(stack: AsyncExitStack, connection: Connection) -> EventLog | None:
    """Open the stream, None where there is none: the topology then says so."""
    try:
        return await stack.enter_async_context(open_event_log(connection, LOG_END_S_MAX))
    except TopologyError:
        return None


async def _probes(
    connection: Connection, settings: Settings, log: EventLog | None
) -> AsyncIterator[ProbeResult]:
    where = address(settings.amqp_url)
    yield ProbeResult("ok", "RabbitMQ", f"{version(connection)} at {where}")
    yield await _topology(connection, settings)
    if settings.amqp_management_url:
        yield await _bindings(settings)
    if unrouted := await _alternate_exchange(connection, settings):
        yield unrouted
    for service in SERVICES:
        if stats := await queue_stats(connection, queue_of(service)):
            yield await _queue(log, service, stats)
        if stats := await queue_stats(connection, dead_letters_of(service)):
            yield await _dead_letters(connection, service, stats)


async def _topology(connection: Connection, settings: Settings) -> ProbeResult:
    missing = await missing_topology(connection, settings)
    if missing:
        detail = f"not there: {', '.join(missing)}"
        return ProbeResult("fail", "topology", detail, "clas topology")
    seen = "all queues and exchanges, and the fingerprint exchange, declared last"
    if settings.amqp_management_url:
        return ProbeResult("ok", "topology", seen)
    hint = "to compare the bindings themselves, set CLAS_AMQP_MANAGEMENT_URL"
    return ProbeResult("ok", "topology", seen, hint)


async def _bindings(settings: Settings) -> ProbeResult:
    """Compare the bindings on the broker with those that the contract wants."""
    try:
        actual = await actual_bindings(settings)
    except BrokerUnavailableError as fault:
        return ProbeResult("warn", "bindings", short(fault), "check CLAS_AMQP_MANAGEMENT_URL")
    wanted = set(bindings(settings))
    if missing := wanted - actual:
        remedy = "clas topology, then clas redrive: what came meanwhile was lost"
        return ProbeResult("fail", "bindings", f"missing: {_listed(missing)}", remedy)
    if extra := actual - wanted:
        return ProbeResult("warn", "bindings", f"too many: {_listed(extra)}", UNBIND)
    return ProbeResult("ok", "bindings", f"all {len(wanted)}, and no others")


async def _alternate_exchange(connection: Connection, settings: Settings) -> ProbeResult | None:
    """Return a warning when an event under an unknown routing key would get no answer."""
    if not await alternate_exchange_missing(connection):
        return None
    if settings.amqp_management_url:
        try:
            if await policy_names_alternate(settings):
                return ProbeResult("ok", UNROUTED, f"a policy gives it to {EXCHANGE}")
        except BrokerUnavailableError:  # Reported with the bindings.
            pass
    detail = f"{EXCHANGE} was declared without it: an event of no known type gets no answer"
    return ProbeResult("warn", UNROUTED, detail, f"unless done: {ALTERNATE_EXCHANGE_POLICY}")


async def _queue(log: EventLog | None, service: str, stats: QueueStats) -> ProbeResult:
    state: State = "ok"
    if not stats.consumers:
        state = "fail" if stats.messages else "warn"
    detail = f"{stats.messages} waiting, {stats.consumers} consuming"
    remedy = "" if stats.consumers else f"clas serve {service}"
    result = ProbeResult(state, queue_of(service), detail, remedy, stats.messages)
    if not stats.messages or log is None:
        return result
    return with_age(result, await oldest_in_queue(log, service, stats.messages))


async def _dead_letters(connection: Connection, service: str, stats: QueueStats) -> ProbeResult:
    subject, detail = dead_letters_of(service), f"{stats.messages} waiting"
    if not stats.messages:
        return ProbeResult("ok", subject, detail, waiting=0)
    remedy = f"clas dead-letters list {service}"
    result = ProbeResult("warn", subject, detail, remedy, stats.messages)
    return with_age(result, await oldest_dead_letter(connection, service))


def _listed(bound: set[Binding]) -> str:
    """Return `clas.events to clas.funding (AgrementGranted.v1.*)`, of a few bindings."""
    ordered = sorted(bound, key=lambda binding: (binding.queue, binding.key))
    texts = [f"{each.exchange} to {each.queue} ({each.key})" for each in ordered[:BINDINGS_LISTED]]
    more = len(ordered) - len(texts)
    return ", ".join([*texts, f"{more} more"] if more else texts)
