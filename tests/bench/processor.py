"""Processor time of the processes that take part in a measurement, from /proc."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
DATABASE, BROKER = "mongod", "beam.smp"


@dataclass(frozen=True)
class ProcessorTime:
    """Seconds of processor used so far by the service, the database and the broker.

    Servers that this process did not start count nothing.
    """

    service: float
    database: float
    broker: float

    def since(self, earlier: "ProcessorTime") -> "ProcessorTime":
        """Return the time used between an earlier reading and this one."""
        return ProcessorTime(
            self.service - earlier.service,
            self.database - earlier.database,
            self.broker - earlier.broker,
        )


def read_processor_time(pids: Sequence[int]) -> ProcessorTime:
    """Read the time of a service, of all its replicas, and of the servers on this machine."""
    return ProcessorTime(
        service=sum(_seconds(Path(f"/proc/{pid}")) for pid in pids),
        database=sum(map(_seconds, _processes(DATABASE))),
        broker=sum(map(_seconds, _processes(BROKER))),
    )


def seconds_of_threads(pid: int) -> float:
    """Return the processor time of the threads that a process has, to the nanosecond.

    Raises:
        OSError: the process has ended.
    """
    used = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        used += int((thread / "schedstat").read_text().split()[0])
    return used / 1e9


def _processes(name: str) -> Iterator[Path]:
    """Yield the processes of this name that this one started, also through others."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _stat(folder)[:1] == [name] and _is_ours(folder):
            yield folder


def _is_ours(folder: Path) -> bool:
    while (stat := _stat(folder)) and folder.name != "1":
        if folder.name == str(os.getpid()):
            return True
        folder = folder.parent / stat[2]
    return False


def _stat(folder: Path) -> list[str]:
    """Return name, state, parent and the further fields of a process; none when it has ended."""
    try:
        name, _, rest = (folder / "stat").read_text().partition("(")[2].rpartition(")")
    except OSError:
        return []
    return [name, *rest.split()]


def _seconds(folder: Path) -> float:
    """Return user and system time of all threads of a process; 0 when it has ended."""
    stat = _stat(folder)
    return (int(stat[12]) + int(stat[13])) / TICKS_PER_S if stat else 0.0
