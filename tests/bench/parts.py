"""The parts of a run: each fills its figures in, and says what it is at."""

import os
import platform
from argparse import Namespace
from collections.abc import Callable, Coroutine, Mapping, Sequence

from deploy.embedded import Servers
from tests.bench.closing import measure_closing
from tests.bench.evening import measure_evening, measure_recovery
from tests.bench.figures import Run
from tests.bench.goals import ONE, ONE_HELD, TWO, TWO_HELD
from tests.bench.growth import measure_disk, measure_growth, measure_memory, samples_of
from tests.bench.hops import CONVENTION, HOPS
from tests.bench.measure import Trial, measure
from tests.bench.ways import SERVICE, SLOW, ways_of

Show = Callable[[str], None]
Part = Callable[[Servers, Run, Namespace, Show], Coroutine[None, None, None]]
QUARTER = 0.25
SLOWER = 2
"""By so much fewer messages for the slow ways."""
KILLED = ("submission", "eligibility")
MEMORY_STEPS = 10


def machine() -> str:
    """Name the machine as far as the figures depend on it."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def trials(messages: int, only: Sequence[str]) -> list[Trial]:
    """Return a round of the hops: all, or those that are named as HOP or HOP/WAY."""
    return [
        Trial(hop, way, messages // SLOWER if way in SLOW else messages)
        for hop in HOPS
        for way in ways_of(hop)
        if not only or {"hops", hop.name, f"{hop.name}/{way}"} & set(only)
    ]


async def measure_hops(servers: Servers, run: Run, options: Namespace, show: Show) -> None:
    """Measure the ways on each hop, in alternating rounds."""
    for number in range(options.rounds):
        for trial in trials(options.messages, options.only):
            show(f"hops, round {number + 1}: {trial.hop.name}, {trial.way}")
            figures = await measure(servers, trial)
            run.hops.setdefault(trial.hop.name, {}).setdefault(trial.way, []).append(figures)


async def measure_closings(servers: Servers, run: Run, options: Namespace, show: Show) -> None:
    """Measure closings of one Caf."""
    for number in range(options.rounds):
        show(f"closing, round {number + 1}")
        run.closing.append(await measure_closing(servers, options.messages // 2))


async def measure_replicas(servers: Servers, run: Run, options: Namespace, show: Show) -> None:
    """Measure one and two replicas, free and held to a part of a core."""
    messages = 2 * options.messages  # Of fewer, all may come out between two looks.
    by_name = {
        ONE: Trial(CONVENTION, SERVICE, messages),
        TWO: Trial(CONVENTION, SERVICE, messages, replicas=2),
        ONE_HELD: Trial(CONVENTION, SERVICE, messages, share=QUARTER),
        TWO_HELD: Trial(CONVENTION, SERVICE, messages, replicas=2, share=QUARTER),
    }
    for number in range(options.rounds):
        for name, trial in by_name.items():
            show(f"replicas, round {number + 1}: {name}")
            run.replicas.setdefault(name, []).append(await measure(servers, trial))


async def measure_last_evening(servers: Servers, run: Run, options: Namespace, show: Show) -> None:
    """Measure the latency at the load of a window's last evening."""
    show(f"last evening, {options.evening_s} s")
    run.evening = await measure_evening(servers, options.evening_s)


async def measure_recoveries(servers: Servers, run: Run, options: Namespace, show: Show) -> None:
    """Kill a service under that load, each of those on the way to the assessment."""
    for service in KILLED:
        show(f"recovery of {service}, {options.recovery_s} s")
        run.recoveries.append(await measure_recovery(servers, service, options.recovery_s))


async def measure_stored(servers: Servers, run: Run, options: Namespace, show: Show) -> None:
    """Measure what a message costs by what is stored, and what a dossier takes on disk."""
    show("growth: the sample campaign")
    samples = await samples_of(servers)
    await measure_growth(servers, samples, run.growth, options, show)
    show("growth: disk")
    run.disk = await measure_disk(servers, samples, options.disk_dossiers)


async def measure_resident(servers: Servers, run: Run, options: Namespace, show: Show) -> None:
    """Measure the memory of a service over many messages."""
    show(f"memory, {options.memory_messages} messages")
    run.memory = await measure_memory(servers, options.memory_messages, MEMORY_STEPS)


PARTS: Mapping[str, Part] = {
    "hops": measure_hops,
    "closing": measure_closings,
    "replicas": measure_replicas,
    "evening": measure_last_evening,
    "recovery": measure_recoveries,
    "growth": measure_stored,
    "memory": measure_resident,
}


def parts_of(only: Sequence[str]) -> Mapping[str, Part]:
    """Return the parts that are asked for; all without any name.

    Raises:
        ValueError: a name is neither a part nor a hop nor a way on one.
    """
    hops = {name for hop in HOPS for name in (hop.name, *(f"{hop.name}/{w}" for w in ways_of(hop)))}
    if unknown := set(only) - hops - PARTS.keys():
        names = ", ".join((*PARTS, *sorted(hops)))
        msg = f"no part {', '.join(sorted(unknown))}; there are: {names}"
        raise ValueError(msg)
    wanted = {"hops" if name in hops else name for name in only} or set(PARTS)
    return {name: part for name, part in PARTS.items() if name in wanted}
