"""A network that fails on demand: a TCP relay in front of one port of a server."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from deploy.embedded.ports import free_port

CHUNK_BYTES = 1 << 18
POLL_S = 0.1
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of zero seconds: closing resets the connection, as a lost peer does."""
COMMIT = b"commitTransaction"
PUBLISH = b"\x00\x3c\x00\x28"
"""Class and method of AMQP's basic.publish."""


@dataclass(eq=False)
class Link:
    """One relayed connection."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    swallows: bool = False
    loses_next_answer: bool = False

    def reset(self) -> None:
        """Reset both ends."""
        for writer in (self.client, self.server):
            with suppress(OSError):
                writer.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, RESET
                )
            writer.transport.abort()


class Proxy:
    """Relays connections to a port; a scenario cuts, swallows, delays, or loses answers."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.delay_s = 0.0
        self.answers_lost = 0
        self._target, self._links = target, set[Link]()
        self._relays = set[asyncio.Task[None]]()
        self._pattern, self._losses = b"", 0

    def cut(self) -> None:
        """Reset every connection; new ones are relayed."""
        for link in list(self._links):
            link.reset()

    def swallow(self) -> None:
        """Drop all bytes of the connections of now, both ways, and close none of them."""
        for link in self._links:
            link.swallows = True

    def lose_answers(self, pattern: bytes, times: int) -> None:
        """Reset a connection when the answer to a request with these bytes arrives, `times` times.

        The server has done what it was asked, and the client does not learn it.
        """
        self._pattern, self._losses = pattern, times

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Relay one connection until either end closes it."""
        task = asyncio.create_task(self._relay(reader, writer))
        self._relays.add(task)
        task.add_done_callback(self._relays.discard)

    async def close(self) -> None:
        """Reset every connection, and return once none is relayed any more."""
        while self._relays:
            self.cut()
            await asyncio.wait(self._relays, timeout=POLL_S)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answers, server = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        link = Link(writer, server)
        self._links.add(link)
        try:
            await asyncio.gather(self._requests(link, reader), self._answers(link, answers))
        finally:
            self._links.discard(link)
            link.reset()

    async def _requests(self, link: Link, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK_BYTES):
                if self._losses and self._pattern in chunk:
                    self._losses -= 1
                    link.loses_next_answer = True
                await self._forward(link, chunk, link.server)
        link.reset()

    async def _answers(self, link: Link, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK_BYTES):
                if link.loses_next_answer:
                    self.answers_lost += 1
                    break
                await self._forward(link, chunk, link.client)
        link.reset()

    async def _forward(self, link: Link, chunk: bytes, writer: asyncio.StreamWriter) -> None:
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        if not link.swallows:
            writer.write(chunk)
            await writer.drain()


@asynccontextmanager
async def proxied(target: int) -> AsyncIterator[Proxy]:
    """Relay a port of this machine within the block."""
    proxy = Proxy(target)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", proxy.port, limit=CHUNK_BYTES)
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
