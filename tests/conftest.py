"""Servers for all tests that need them, started once and only when asked for."""

from collections.abc import Iterator

import pytest

from deploy.embedded import PrivateServers, Servers, private_servers, servers


@pytest.fixture(scope="session")
def real_servers() -> Iterator[Servers]:
    """RabbitMQ and MongoDB: those of the environment, else private ones, else containers."""
    with servers() as found:
        yield found


@pytest.fixture
def breakable() -> Iterator[PrivateServers]:
    """Two servers of this test alone, to be broken."""
    with private_servers() as private:
        yield private
