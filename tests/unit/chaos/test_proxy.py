"""The proxy of chaos relays, resets, swallows, and loses the answers it was told to lose."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.chaos.proxy import Proxy, proxied

SOON_S = 0.3
Link = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    """A relay before a server that answers every chunk with itself."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while chunk := await reader.read(100):
                writer.write(chunk)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with proxied(port) as relay:
        yield relay
    server.close()


@asynccontextmanager
async def connected(proxy: Proxy) -> AsyncIterator[Link]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def ask(link: Link, text: bytes) -> bytes:
    reader, writer = link
    writer.write(text)
    return await reader.read(100)


async def ask_once(proxy: Proxy, text: bytes) -> bytes:
    """Return what the server answers on a new connection."""
    async with connected(proxy) as link:
        return await ask(link, text)


async def test_it_relays(proxy: Proxy) -> None:
    assert await ask_once(proxy, b"hello") == b"hello"


async def test_it_resets_what_is_open_and_relays_again(proxy: Proxy) -> None:
    async with connected(proxy) as link:
        assert await ask(link, b"one") == b"one"

        proxy.cut()

        with pytest.raises(ConnectionResetError):
            await ask(link, b"two")
    assert await ask_once(proxy, b"three") == b"three"


async def test_it_swallows_what_is_open_and_closes_nothing(proxy: Proxy) -> None:
    async with connected(proxy) as link:
        assert await ask(link, b"one") == b"one"

        proxy.swallow()

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask(link, b"two"), SOON_S)
    assert await ask_once(proxy, b"three") == b"three"


async def test_it_loses_answers_as_often_as_told(proxy: Proxy) -> None:
    proxy.lose_answers(b"commit", times=1)

    assert await ask_once(proxy, b"hello") == b"hello"
    with pytest.raises(ConnectionResetError):
        await ask_once(proxy, b"commit")
    assert await ask_once(proxy, b"commit") == b"commit"
    assert proxy.answers_lost == 1
