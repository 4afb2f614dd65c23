"""Servers for all tests that need them, started once and only when asked for; draws, coverage."""

from collections.abc import Iterator
from pathlib import Path

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

COUNTED = tuple(Path(__file__).parent / folder for folder in ("unit", "contract"))
"""Tests whose coverage counts: they look closely, where a storm passes everywhere and says little.

Counting also takes more than half of the time of whatever is counted.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count no coverage for the others."""
    for item in items:
        if not any(folder in item.path.parents for folder in COUNTED):
            item.add_marker(pytest.mark.no_cover)


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
