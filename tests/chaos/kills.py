"""Services that die, stop, pause or restart, alone and all at once."""

import asyncio
import random
import signal
from pathlib import Path

from shared.contracts.registry import SERVICES
from shared.kernel.fault_injection import POINTS
from tests.chaos.registry import Fault, NotHereError, scenario
from tests.chaos.run import Run
from tests.support.processes import Replica

LEASE = {"relay_lease_s": "3"}
NEEDS_A_DEAD_LETTER, NEEDS_A_LEASE = "dead_lettered", "leased"
ROWS = {
    "taken": (1,),
    "begun": (1,),
    "written": (2,),
    "committing": (3,),
    "committed": (4,),
    "acked": (5,),
    "publishing": (6,),
    "published": (7,),
    "marked": (8,),
    NEEDS_A_DEAD_LETTER: (4,),
    NEEDS_A_LEASE: (7,),
}
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
SKEWS = ("+1h", "-1h")


def kill_at(point: str) -> Fault:
    """Return the fault: every service dies there once, and comes back."""

    async def kill(run: Run) -> None:
        await asyncio.gather(*(_die_at(run, service, point) for service in SERVICES))

    kill.__name__ = f"kill_{point}"
    return kill


for _point in POINTS:
    scenario(rows=ROWS[_point], summary=f"Each service killed at `{_point}`", settings=LEASE)(
        kill_at(_point)
    )


async def _die_at(run: Run, service: str, point: str) -> None:
    """Replace a running service by one that dies at the point, and that by a healthy one."""
    for replica in [each for each in run.stage.running if each.service == service]:
        replica.kill()
        run.stage.running.remove(replica)
    if point == NEEDS_A_DEAD_LETTER:
        await run.send_malformed(service, b"not JSON")
    if point == NEEDS_A_LEASE:
        leaves_work = run.stage.launch(service, crash_at=f"{service}.publishing", **run.settings)
        await run.stage.died(leaves_work)
    await run.stage.died(run.stage.launch(service, crash_at=f"{service}.{point}", **run.settings))
    await run.stage.start(service, **run.settings)


@scenario(rows=(9,), summary="All services killed at one instant, five times", replicas=2)
async def kill_all_at_once(run: Run) -> None:
    draws = random.Random(9)
    for _ in range(5):
        await asyncio.sleep(draws.uniform(0, run.seconds / 5))
        killed = list(run.stage.running)
        for replica in killed:
            replica.process.kill()
        run.stage.running.clear()
        for replica in killed:
            replica.process.wait()
        await run.start()


@scenario(
    rows=(47,),
    summary="Two services killed twenty times with a full prefetch, before they decide",
    dossiers=50,
)
async def twenty_kills(run: Run) -> None:
    async def kill(service: str) -> None:
        for _ in range(20):
            await _die_at(run, service, "taken")

    await asyncio.gather(kill("eligibility"), kill("accounting"))


@scenario(rows=(47,), summary="Each service restarted five times by SIGTERM")
async def restarts(run: Run) -> None:
    async def restart(service: str) -> None:
        for _ in range(5):
            (replica,) = [each for each in run.stage.running if each.service == service]
            replica.process.terminate()
            assert await asyncio.to_thread(replica.process.wait) == 0
            await run.restart(replica)

    await asyncio.gather(*map(restart, SERVICES))


@scenario(rows=(32,), summary="One replica of each service paused for 30 s", replicas=2)
async def pause(run: Run) -> None:
    """Leases pass to the other replica, and what the paused one does afterwards changes nothing."""
    paused = [_first(run, service) for service in SERVICES]
    for replica in paused:
        replica.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(30)
    for replica in paused:
        replica.process.send_signal(signal.SIGCONT)


async def skewed(_: Run) -> None:
    """Look for the library that moves clocks."""
    if not Path(FAKETIME).exists():
        raise NotHereError("libfaketime is missing: apt-get install libfaketime")


@scenario(
    rows=(30,),
    summary="Clocks of replicas one hour ahead, and one hour behind",
    prepare=skewed,
)
async def clock_skew(run: Run) -> None:
    """The replicas that started first have true clocks."""
    for skew in SKEWS:
        variables = {"LD_PRELOAD": FAKETIME, "FAKETIME": skew, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        run.stage.environments = dict.fromkeys(SERVICES, variables)
        await run.start()
    await asyncio.sleep(run.seconds)


def _first(run: Run, service: str) -> Replica:
    return next(each for each in run.stage.running if each.service == service)
