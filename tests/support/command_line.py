"""`clas` on given servers: short commands in this process, those that stay in one of their own."""

import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aio_pika
from pymongo import MongoClient
from typer.testing import CliRunner

from deploy.embedded import Servers
from services.cli.__main__ import app
from shared.console.terminal import PLAIN_WIDTH, console
from shared.contracts.registry import SERVICES
from tests.support.broker import depth, wipe
from tests.support.client import LONGEST_S

CLAS = str(Path(sys.executable).with_name("clas"))

PATIENT = {
    "CLAS_PUBLISH_TIMEOUT_S": str(LONGEST_S),  # A busy disk is slow to confirm.
    "CLAS_RELAY_GRACE_S": str(2 * LONGEST_S),
}
"""Settings of commands that end; the services have their defaults."""


@dataclass(frozen=True)
class Done:
    """The output of a command."""

    stdout: str
    stderr: str


@dataclass
class Stage:
    """Servers, databases of this test alone, and the programs started on them."""

    servers: Servers
    folder: Path
    prefix: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:8]}_")
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "CLAS_AMQP_URL": self.servers.amqp_url,
            "CLAS_MONGO_URL": self.servers.mongo_url,
            "CLAS_DATABASE_PREFIX": self.prefix,
            "CLAS_PORT": "0",
        }

    def clas(self, *words: str, code: int = 0, stdin: str = "") -> Done:
        """Run a command to its end, and expect its exit code; amounts get plain spaces."""
        result = CliRunner(env=self.environment | PATIENT).invoke(app, words, input=stdin)
        texts = [text.replace("\u202f", " ").replace("\u00a0", " ") for text in _both(result)]
        assert result.exit_code == code, (result.exit_code, *texts, result.exception)
        return Done(*texts)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command that stays, and return once all four services consume."""
        with (self.folder / f"{len(self.started)}.log").open("wb") as log:
            environment = os.environ | self.environment
            program = subprocess.Popen([CLAS, *words], env=environment, stdout=log, stderr=log)
        self.started.append(program)
        until(lambda: asyncio.run(_consumers(self.servers.amqp_url)) == 4, "all services consume")
        return program

    def messages(self, queue: str) -> int:
        """Count the messages of a queue."""
        return asyncio.run(depth(self.servers.amqp_url, queue))

    def holds(self, queue: str, count: int) -> None:
        """Wait until a queue holds so many messages.

        The broker gives back what was looked at a moment after the look, and a busy one answers
        0 for a queue that it cannot count at once.
        """
        until(lambda: self.messages(queue) == count, f"{count} messages in {queue}")

    def log(self) -> str:
        """Return the output of the last program."""
        return (self.folder / f"{len(self.started) - 1}.log").read_text(encoding="utf-8")

    def file(self, *events: dict[str, Any]) -> str:
        """Write events as JSON lines and return the path."""
        path = self.folder / f"{uuid.uuid4().hex}.jsonl"
        path.write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
        return str(path)

    def close(self) -> None:
        """Stop the programs, and forget the databases."""
        for program in self.started:
            if program.poll() is None:
                program.terminate()
                program.wait(LONGEST_S)
        with MongoClient[dict[str, Any]](self.servers.mongo_url) as client:
            for name in (*SERVICES, "exports"):
                client.drop_database(f"{self.prefix}{name}")


@contextmanager
def staged(servers: Servers, folder: Path) -> Iterator[Stage]:
    """Yield a broker as on its first day, and empty databases."""
    asyncio.run(wipe(servers.amqp_url))
    stage = Stage(servers, folder)
    width, console.width = console.width, PLAIN_WIDTH
    try:
        yield stage
    finally:
        console.width = width
        stage.close()


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds, or fail saying what did not."""
    deadline = time.monotonic() + LONGEST_S
    while not holds():
        assert time.monotonic() < deadline, f"not within {LONGEST_S} s: {what}"
        time.sleep(0.1)


def children(program: subprocess.Popen[bytes]) -> list[int]:
    """Return the processes that a program started and that run."""
    listed = Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text(encoding="utf-8")
    return [int(pid) for pid in listed.split()]


def alive(pids: list[int]) -> list[int]:
    """Return those of these processes that run."""
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def _both(result: Any) -> tuple[str, str]:
    return result.stdout, result.stderr


async def _consumers(url: str) -> int:
    async with await aio_pika.connect(url) as connection:
        return sum([await _consumed(connection, f"clas.{service}") for service in SERVICES])


async def _consumed(connection: aio_pika.abc.AbstractConnection, queue: str) -> int:
    channel = await connection.channel()
    try:
        declared = await channel.declare_queue(queue, durable=True, passive=True)
    except aio_pika.exceptions.ChannelNotFoundEntity:
        return 0
    finally:
        await channel.close()
    return declared.declaration_result.consumer_count or 0
