"""A private RabbitMQ node: own name, ports, cookie, data and port mapper.

With CLAS_RABBITMQ_ROOT=DIR it is the one that is unpacked in this folder, in the layout of a Debian
root with everything that it needs; the program runs within (chroot, which takes root).
"""

import os
import shutil
import socket
import subprocess
from pathlib import Path

from deploy.embedded.ports import free_port
from deploy.embedded.process import PrivateServer
from deploy.embedded.server import ServerFailedError

# Debian's wrapper on PATH changes the user and then fails on folders made by root; this one is the
# program itself.
_DEBIAN_PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
ROOT_VARIABLE = "CLAS_RABBITMQ_ROOT"
_PATH_WITHIN = "/usr/sbin:/usr/bin:/sbin:/bin"
# RabbitMQ 3.10 writes the name of a new quorum queue to disk up to a second after its declaration.
# Killed before, it comes back with the queue declared, empty, and without a leader for ever.
QUORUM_QUEUE_SETTLES_S = 4.0
_AMQP_GREETING = b"AMQP\x00\x00\x09\x01"
_METHOD_FRAME = b"\x01"
_GREETING_S_MAX = 1.0
_COMMAND_S_MAX = 180.0


def rabbitmq_program() -> Path | None:
    """Return the server program of this machine, or None; within a root, its path there."""
    if root := _root():
        return _DEBIAN_PROGRAM if root.joinpath(*_DEBIAN_PROGRAM.parts[1:]).exists() else None
    if _DEBIAN_PROGRAM.exists():
        return _DEBIAN_PROGRAM
    program = shutil.which("rabbitmq-server")
    return Path(program) if program else None


class PrivateRabbit(PrivateServer):
    """RabbitMQ for user guest; it can run beside other nodes, as root or not.

    ``kill`` loses quorum queues declared within the last ``QUORUM_QUEUE_SETTLES_S``.
    """

    name = "RabbitMQ"

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self._peer_port = free_port()
        self._mapper_port = free_port()

    @property
    def url(self) -> str:
        """The AMQP address of its default virtual host."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def rabbitmqctl(self, *arguments: str) -> str:
        """Return what the command printed; raise ServerFailedError when it failed."""
        done = subprocess.run(
            [*_within(), str(_program().with_name("rabbitmqctl")), *arguments],
            env=self._environment(self.folder),
            capture_output=True,
            text=True,
            timeout=_COMMAND_S_MAX,
            check=False,
        )
        if done.returncode != 0:
            words = " ".join(("rabbitmqctl", *arguments))
            raise ServerFailedError(f"{words} failed: {done.stderr or done.stdout}")
        return done.stdout

    @classmethod
    def _program_runs(cls) -> bool:
        if _root():
            return True  # It was asked for: what is wrong with it is an error, no reason to go on.
        return rabbitmq_program() is not None and shutil.which("erl") is not None

    @classmethod
    def _parent_folder(cls) -> Path | None:
        root = _root()
        return root / "tmp" if root else None

    def _command(self, folder: Path) -> list[str]:
        (folder / "enabled_plugins").write_text("[].\n")
        return [*_within(), str(_program())]

    def _answers(self) -> bool:
        return speaks_amqp("127.0.0.1", self.port)

    def _environment(self, folder: Path) -> dict[str, str]:
        environment = super()._environment(folder) | self._addresses()
        if root := _root():
            within = Path("/") / folder.relative_to(root)
            return environment | {"PATH": _PATH_WITHIN, "HOME": str(within)} | _files(within)
        return environment | _files(folder)

    def _addresses(self) -> dict[str, str]:
        return {
            "RABBITMQ_NODENAME": f"clas{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._peer_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            # The first node of a machine starts this daemon and leaves it behind for all others:
            # with one to itself, a node shares nothing and stops with everything it started.
            "ERL_EPMD_PORT": str(self._mapper_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }


def speaks_amqp(host: str, port: int) -> bool:
    """Return whether a broker at this address takes part in an AMQP handshake."""
    try:
        with socket.create_connection((host, port), _GREETING_S_MAX) as link:
            link.sendall(_AMQP_GREETING)
            return link.recv(1) == _METHOD_FRAME
    except OSError:
        return False


def _files(folder: Path) -> dict[str, str]:
    return {
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        # These need not exist; they keep those of a system-wide server from being read.
        "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced"),
    }


def _root() -> Path | None:
    """Return the folder with the RabbitMQ to use, if one is given."""
    folder = os.environ.get(ROOT_VARIABLE)
    return Path(folder).resolve() if folder else None


def _within() -> list[str]:
    root = _root()
    return ["chroot", str(root)] if root else []


def _program() -> Path:
    program = rabbitmq_program()
    if program is None and _root():
        raise ServerFailedError(f"{ROOT_VARIABLE}={_root()} holds no {_DEBIAN_PROGRAM}.")
    if program is None:
        raise ServerFailedError(
            "There is no rabbitmq-server here: apt-get install rabbitmq-server."
        )
    return program
