"""The same two servers as containers, for machines that have a Docker engine and no packages."""

from abc import abstractmethod

import docker
from docker.errors import DockerException
from testcontainers.core.container import DockerContainer

from deploy.embedded.mongo import REPLICA_SET, TRANSACTION_S_MAX, becomes_primary
from deploy.embedded.rabbit import speaks_amqp
from deploy.embedded.server import Server, ServerFailedError

_ENGINE_S_MAX = 5
_LOG_TAIL_CHARACTERS = 2_000


def container_of(name: str) -> Server | None:
    """Return a container of the server of this name, not started; None without an engine."""
    kinds = {kind.name: kind for kind in (RabbitContainer, MongoContainer)}
    return kinds[name]() if _engine_answers() else None


class Container(Server):
    """A server in a container, on a host port the engine chose."""

    origin = "containers"
    port: int

    def __init__(self) -> None:
        self._container = self._describe().with_exposed_ports(self.port)

    def launch(self) -> None:
        """Start it without waiting; the first time, the engine fetches the image."""
        try:
            self._container.start()
        except DockerException as error:
            raise ServerFailedError(
                f"{self.name} does not start as a container: {error}"
            ) from error

    def stop(self) -> None:
        """Return once the container and its data are gone."""
        self._container.stop()

    @abstractmethod
    def _describe(self) -> DockerContainer: ...

    @property
    def _host(self) -> str:
        return self._container.get_container_host_ip()

    @property
    def _host_port(self) -> int:
        return self._container.get_exposed_port(self.port)

    def _runs(self) -> bool:
        container = self._container.get_wrapped_container()
        container.reload()
        return bool(container.status != "exited")

    def _last_words(self) -> str:
        output, errors = self._container.get_logs()
        return (output + errors).decode(errors="replace")[-_LOG_TAIL_CHARACTERS:]


class RabbitContainer(Container):
    """RabbitMQ with its management plugin."""

    name = "RabbitMQ"
    port = 5672

    @property
    def url(self) -> str:
        """The AMQP address of its default virtual host."""
        return f"amqp://guest:guest@{self._host}:{self._host_port}/"

    def _describe(self) -> DockerContainer:
        return DockerContainer("rabbitmq:3-management")

    def _answers(self) -> bool:
        return speaks_amqp(self._host, self._host_port)


class MongoContainer(Container):
    """MongoDB as a replica set of one."""

    name = "MongoDB"
    port = 27017

    @property
    def url(self) -> str:
        """The address of the one node; direct, because its own name for itself is not ours."""
        return f"mongodb://{self._host}:{self._host_port}/?directConnection=true"

    def _describe(self) -> DockerContainer:
        lifetime = f"--setParameter=transactionLifetimeLimitSeconds={TRANSACTION_S_MAX}"
        command = ["mongod", "--bind_ip_all", "--replSet", REPLICA_SET, lifetime]
        return DockerContainer("mongo:7").with_command(command)

    def _answers(self) -> bool:
        address = f"{self._host}:{self._host_port}"
        return becomes_primary(address, member=f"localhost:{self.port}")


def _engine_answers() -> bool:
    try:
        docker.from_env(timeout=_ENGINE_S_MAX).close()
    except DockerException:
        return False
    return True
