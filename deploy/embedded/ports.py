"""Free ports of the loopback address, chosen so that a server can come back on its own."""

import secrets
import socket
from collections.abc import Iterator

# Below the range the system gives to outgoing connections: one of those could otherwise sit on
# the port of a server that is being restarted.
_CANDIDATES = range(20_000, 32_000)


def _shuffled() -> Iterator[int]:
    yield from secrets.SystemRandom().sample(_CANDIDATES, len(_CANDIDATES))


# Shared by all servers of this process, so that two that are not listening yet never get the same.
_untried = _shuffled()
# A port is marked as taken for other processes, although no server listens on it yet, by binding
# its UDP twin, which no server here uses. The system releases it when this process ends.
_claims: list[int] = []


def free_port() -> int:
    """Return a port nothing listens on and that no earlier call returned, in any process."""
    return next(port for port in _untried if _is_free(port) and _claim(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return _binds(probe, port)


def _claim(port: int) -> bool:
    """Take the port until this process ends; False when another process has it."""
    twin = socket.socket(type=socket.SOCK_DGRAM)
    if _binds(twin, port):
        _claims.append(twin.detach())
        return True
    twin.close()
    return False


def _binds(probe: socket.socket, port: int) -> bool:
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True
