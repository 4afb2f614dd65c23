"""A TCP proxy that can swallow all bytes, as a network that silently drops packets does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class Proxy:
    """Passes bytes both ways to a server, unless it swallows them; it closes no connection."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self.swallows = False
        self.url = ""

    @property
    def connections(self) -> int:
        """The number of connections it has had."""
        return len(self._writers) // 2

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Proxy"]:
        """Listen on a free port; `url` leads there."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        credentials = self._url.netloc.rpartition("@")[0]
        self.url = self._url._replace(netloc=f"{credentials}@127.0.0.1:{port}").geturl()
        try:
            yield self
        finally:
            server.close()
            for writer in self._writers:
                writer.close()
            await asyncio.gather(*self._tasks)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._url.hostname is not None
        back, there = await asyncio.open_connection(self._url.hostname, self._url.port)
        self._writers += [writer, there]
        lost = asyncio.Event()
        for source, target in ((reader, there), (back, writer)):
            self._tasks.add(asyncio.create_task(self._pass_on(source, target, lost)))

    async def _pass_on(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, lost: asyncio.Event
    ) -> None:
        """Pass bytes and the end on; a connection that lost any of them stays silent for ever."""
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                self._note(lost)
                if not lost.is_set():
                    target.write(data)
        self._note(lost)
        if not lost.is_set():
            target.close()

    def _note(self, lost: asyncio.Event) -> None:
        if self.swallows:
            lost.set()
