"""Servers for all tests that need them, started once and only when asked for; draws."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from deploy.embedded import PrivateServers, Servers, private_servers, servers

# Hypothesis' own default fails an example of more than 200 ms, which a busy machine takes at times.
# The same draws in each run: `pytest --hypothesis-profile=wander` draws others.
settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("wander", settings.get_profile("steady"), derandomize=False)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def real_servers() -> Iterator[Servers]:
    """RabbitMQ and MongoDB: those of the environment, else private ones, else containers."""
    with servers() as addresses:
        yield addresses


@pytest.fixture
def breakable() -> Iterator[PrivateServers]:
    """Two servers of this test alone, to be broken."""
    with private_servers() as private:
        yield private
