"""Processor time of the processes that take part in a measurement, from /proc."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
DATABASE, BROKER = "mongod", "beam.smp"


@dataclass(frozen=True)
class ProcessorTime:
    """Seconds of processor used so far by the service, the database and the broker.

    Servers that are not on this machine count nothing.
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


def read_processor_time(service_pid: int) -> ProcessorTime:
    """Read the time of a service and of the servers on this machine."""
    return ProcessorTime(
        service=_seconds(Path(f"/proc/{service_pid}")),
        database=sum(map(_seconds, _processes(DATABASE))),
        broker=sum(map(_seconds, _processes(BROKER))),
    )


def _processes(name: str) -> Iterator[Path]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _name(folder) == name:
            yield folder


def _name(folder: Path) -> str:
    try:
        return (folder / "comm").read_text().strip()
    except OSError:  # It ended meanwhile.
        return ""


def _seconds(folder: Path) -> float:
    """Return user and system time of all threads of a process; 0 when it has ended."""
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S
