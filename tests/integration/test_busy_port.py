"""A service whose port is taken: it ends at once, since nobody could probe it."""

import os
import socket
import subprocess
import sys

from tests.support.client import LONGEST_S


def test_a_service_whose_port_is_taken_ends_and_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "services.funding"],
            env=os.environ | {"CLAS_PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )

    assert ended.returncode == 1
    assert '"event": "port_unusable"' in ended.stderr
    assert f"127.0.0.1:{port}" in ended.stderr
    assert "CLAS_PORT" in ended.stderr
