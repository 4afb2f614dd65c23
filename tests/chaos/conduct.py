"""Conducts a scenario: prepare calmly, fault under load, heal, wait until idle, compare."""

import asyncio
import shutil
import time
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from shared.contracts.registry import SERVICES
from tests.chaos.load import Load
from tests.chaos.outcome import (
    Poison,
    compare_traffic,
    healthy_dead_letters,
    missing_dead_letters,
    without_times,
)
from tests.chaos.proxy import proxied
from tests.chaos.registry import NotHereError, Scenario
from tests.chaos.run import Run
from tests.chaos.servers import ChaosServers
from tests.chaos.wire import published_bodies
from tests.support.broker import drain
from tests.support.oracle import (
    assert_inboxes_agree,
    assert_ledger_agrees,
    assert_same_books,
    books_of,
)
from tests.support.processes import Replica, processes

SCENARIO_S_MAX = 900.0
LINES_OF_A_FAULT = 12
SUPERVISION_S = 0.2
END_OF_LOG = 500


@dataclass
class Outcome:
    """What became of a scenario. `faults` is empty where all is as it must be."""

    name: str
    rows: tuple[int, ...]
    summary: str
    skipped: str = ""
    recovery_s: float | None = None
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    published_again: int = 0
    dead_letters: int = 0
    dead_letters_expected: int = 0
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    took_s: float = 0.0

    @property
    def passed(self) -> bool:
        return not (self.faults or self.skipped)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"passed": self.passed}


async def conduct(
    scenario: Scenario, servers: ChaosServers, seconds: float, logs: Path | None = None
) -> Outcome:
    """Play a scenario on servers; whatever goes wrong becomes a fault of its outcome.

    The logs of its services are copied into a folder of its name in `logs`.
    """
    outcome = Outcome(scenario.name, scenario.rows, scenario.summary)
    begun = time.monotonic()
    try:
        async with asyncio.timeout(SCENARIO_S_MAX), _run(scenario, servers, seconds) as run:
            try:
                await _play(scenario, run, outcome)
            finally:
                if logs:
                    shutil.copytree(run.stage.folder, logs / scenario.name, dirs_exist_ok=True)
    except NotHereError as reason:
        outcome.skipped = str(reason)
    except Exception as fault:  # noqa: BLE001 - the table shows it, and other scenarios go on
        outcome.faults.append(_text(fault))
    outcome.took_s = round(time.monotonic() - begun, 1)
    return outcome


@asynccontextmanager
async def _run(scenario: Scenario, servers: ChaosServers, seconds: float) -> AsyncIterator[Run]:
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(processes(servers.servers))
        run = Run(
            servers=servers,
            stage=stage,
            load=Load(scenario.dossiers),
            seconds=seconds,
            replicas=scenario.replicas,
            settings=dict(scenario.settings),
        )
        if scenario.proxied:
            run.amqp_proxy = await stack.enter_async_context(proxied(run.rabbit.port))
            run.mongo_proxy = await stack.enter_async_context(proxied(run.mongo.port))
            run.settings |= {
                "amqp_url": f"amqp://guest:guest@127.0.0.1:{run.amqp_proxy.port}/",
                "mongo_url": f"mongodb://127.0.0.1:{run.mongo_proxy.port}/?directConnection=true",
            }
        yield run


async def _play(scenario: Scenario, run: Run, outcome: Outcome) -> None:
    if scenario.prepare:
        await scenario.prepare(run)
    await run.start()
    await _calmly(run, run.load.before)
    supervising = asyncio.create_task(_supervise(run) if scenario.supervised else asyncio.sleep(0))
    try:
        await _break(scenario, run, outcome)
    finally:
        supervising.cancel()
        outcome.notes += _counted(run.notes)
    await _compare(run, outcome)


async def _break(scenario: Scenario, run: Run, outcome: Outcome) -> None:
    loading = asyncio.create_task(
        run.send(run.load.during, over_s=0.8 * run.seconds, copies=scenario.copies)
    )
    try:
        await scenario.fault(run)
        healed = time.monotonic()
        await loading
    finally:
        loading.cancel()
    with _noting(outcome):
        await run.stage.wait_until_idle()
        outcome.recovery_s = round(time.monotonic() - healed, 1)
        await _calmly(run, run.load.after)


async def _supervise(run: Run) -> None:
    """Start every process again that ended, as a supervisor does."""
    while True:
        await asyncio.sleep(SUPERVISION_S)
        for replica in [each for each in run.stage.running if each.dead]:
            run.stage.running.remove(replica)
            run.stage.launch(replica.service, **run.settings)
            run.notes.append(f"{replica.service} ended and was started again")


async def _calmly(run: Run, phases: list[list[Any]]) -> None:
    for phase in phases:
        await run.send(phase)
        await run.stage.wait_until_idle()


async def _compare(run: Run, outcome: Outcome) -> None:
    calm = await run.load.calm()
    bodies: Iterable[bytes] = await published_bodies(run.stage.servers.amqp_url)
    if run.decides_again:
        bodies = without_times(bodies)
    handled = {s: {r["_id"]["i"] for r in run.stage.documents(s, "inbox")} for s in SERVICES}
    traffic = compare_traffic(bodies, handled, calm)
    outcome.lost, outcome.doubled = traffic.lost, traffic.doubled
    outcome.unexpected, outcome.published_again = traffic.unexpected, traffic.published_again
    if traffic.gaps_of_log:
        outcome.notes.append(f"{traffic.gaps_of_log} events were handled and are not in the log")
    for name in ("lost", "doubled", "unexpected"):
        if values := getattr(outcome, name):
            outcome.faults.append(f"{name}: {len(values)}, among them {values[:3]}")
    await _compare_dead_letters(run, outcome)
    with _noting(outcome):
        assert_inboxes_agree(run.stage)
    with _noting(outcome):
        assert_ledger_agrees(run.stage)
    with _noting(outcome):
        assert_same_books(books_of(run.stage), calm.books)
    outcome.faults += [f"{r.service} ended: {_end(r)}" for r in run.stage.running if r.dead]


async def _compare_dead_letters(run: Run, outcome: Outcome) -> None:
    url = run.stage.servers.amqp_url
    actual: Poison = {
        service: Counter(
            str(m.message_id) for m in await drain(url, f"clas.{service}.dead-letters")
        )
        for service in SERVICES
    }
    outcome.dead_letters = sum(map(len, actual.values()))
    outcome.dead_letters_expected = sum(map(len, run.poison.values()))
    if healthy := healthy_dead_letters(actual, run.poison):
        outcome.faults.append(f"healthy dead letters: {len(healthy)}, among them {healthy[:3]}")
    if missing := missing_dead_letters(actual, run.poison):
        outcome.faults.append(f"missing dead letters: {missing[:3]}")


def _end(replica: Replica) -> str:
    return replica.log.read_text(encoding="utf-8")[-END_OF_LOG:]


def _counted(notes: list[str]) -> list[str]:
    counts = Counter(notes)
    return [f"{note} ({count} times)" if count > 1 else note for note, count in counts.items()]


@contextmanager
def _noting(outcome: Outcome) -> Iterator[None]:
    """Note a failed check and go on: the others say more about the same fault."""
    try:
        yield
    except AssertionError as fault:
        outcome.faults.append(_text(fault))


def _text(fault: BaseException) -> str:
    lines = traceback.format_exception_only(fault)
    place = traceback.extract_tb(fault.__traceback__)[-1]
    text = "".join(lines).strip().splitlines()[:LINES_OF_A_FAULT]
    return f"{place.name}: " + "\n".join(text)[:400]
