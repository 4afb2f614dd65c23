"""What a server is to those who use one, wherever it runs: an address, a start and an end."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Self

_READY_S_MAX = 90.0
_POLL_S = 0.05


class ServerFailedError(Exception):
    """A server that did not start, or a command to it that failed."""


class Server(ABC):
    """A RabbitMQ or a MongoDB; ``start`` on entering it as a context, ``stop`` on leaving."""

    name: str
    origin: str

    @property
    @abstractmethod
    def url(self) -> str:
        """The address to connect to."""

    @abstractmethod
    def launch(self) -> None:
        """Start it without waiting, so that several can start at the same time."""

    @abstractmethod
    def stop(self) -> None:
        """Return once everything it started is gone; stopping twice is the same as once."""

    def start(self) -> None:
        """Launch it and return once it answers; raise ServerFailedError otherwise."""
        self.launch()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Return once it answers; raise ServerFailedError, with the end of its log, otherwise."""
        deadline = time.monotonic() + _READY_S_MAX
        while not self._answers():
            if not self._runs():
                raise self._failure("ended while it was starting")
            if time.monotonic() > deadline:
                raise self._failure(f"did not answer within {_READY_S_MAX:.0f} s")
            time.sleep(_POLL_S)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @abstractmethod
    def _answers(self) -> bool: ...

    @abstractmethod
    def _runs(self) -> bool: ...

    @abstractmethod
    def _last_words(self) -> str: ...

    def _failure(self, what: str) -> ServerFailedError:
        return ServerFailedError(f"{self.name} {what}. The end of its log:\n{self._last_words()}")


@contextmanager
def running(*servers: Server) -> Iterator[None]:
    """Start these servers at the same time, and stop them all on leaving, whatever happens."""
    with ExitStack() as stack:
        for server in servers:
            stack.callback(server.stop)
            server.launch()
        for server in servers:
            server.wait_until_ready()
        yield
