"""`clas doctor`: the state of servers, topology and queues, with remedies."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from services.cli.doctor.broker import probe_broker
from services.cli.doctor.database import probe_database
from services.cli.doctor.results import ProbeResult
from shared.console.json_output import AsJson, print_json
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, add, fail, new_table, show
from shared.kernel.settings import Settings

STYLES = {"ok": "", "warn": "yellow", "fail": "red"}


@dataclass(frozen=True, slots=True)
class DoctorDocument:
    """The result of each probe; `healthy`: none of them is fail (else exit code 1)."""

    healthy: bool
    probes: tuple[ProbeResult, ...]


def doctor(*, as_json: AsJson = False) -> None:
    """Check the servers, the topology, the dead letters and the outboxes.

    Each line is ok, warn or fail, with the way out. Exit code 1 if any line is fail: a server that
    is away, a queue with messages that nobody consumes, an outbox that does not empty. With
    CLAS_AMQP_MANAGEMENT_URL, such as http://guest:guest@localhost:15672, the bindings on the
    broker are compared with those of the contract.
    """
    settings = load_settings()
    results = run_async(probe(settings), settings)
    failed = [result.subject for result in results if result.state == "fail"]
    if as_json:
        print_json(DoctorDocument(not failed, tuple(results)))
    else:
        _print_table(results)
    if failed:
        fail(f"not in order: {', '.join(failed)}", Code.WRONG)


async def probe(settings: Settings) -> list[ProbeResult]:
    """Probe both servers at the same time: one that is away holds up the other for nothing."""
    broker, database = await asyncio.gather(probe_broker(settings), probe_database(settings))
    return [*broker, *database]


def _print_table(results: Iterable[ProbeResult]) -> None:
    table = new_table("", "what", "found", "way out")
    for result in results:
        add(
            table,
            result.state,
            result.subject,
            result.detail,
            result.remedy,
            style=STYLES[result.state],
        )
    show(table)
