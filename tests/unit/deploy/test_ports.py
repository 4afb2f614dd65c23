"""A port is given only once on this machine, although no server listens on it yet."""

import subprocess
import sys

from deploy.embedded.ports import free_port

ANOTHER = """
from itertools import chain
from deploy.embedded import ports
ports._untried = chain([{port}], ports._untried)
print(ports.free_port())
"""


def test_a_port_that_was_given_is_given_to_no_other_process() -> None:
    port = free_port()

    other = subprocess.run(
        [sys.executable, "-c", ANOTHER.format(port=port)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(other.stdout) != port
