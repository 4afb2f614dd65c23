"""Without logs, and with quick collections, while seeds are played."""

import gc
from collections.abc import Iterator

import pytest
import structlog

from tests.simulation.verdict import prepare


@pytest.fixture(autouse=True, scope="module")
def prepared() -> Iterator[None]:
    """Prepare this process, and leave it as it was."""
    logging = structlog.get_config()
    prepare()
    yield
    structlog.configure(**logging)
    gc.unfreeze()
