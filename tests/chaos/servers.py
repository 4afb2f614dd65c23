"""The servers of a scenario: one node of MongoDB, three, or one on a disk that can be filled."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded import PrivateMongo, PrivateRabbit, Servers
from deploy.embedded.mongo_set import PrivateMongoSet
from deploy.embedded.server import running

DISK = "size=450m"
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ChaosServers:
    """A broker and a database that may be broken."""

    rabbit: PrivateRabbit
    mongo: PrivateMongo | PrivateMongoSet

    @property
    def servers(self) -> Servers:
        """Their addresses."""
        return Servers(amqp_url=self.rabbit.url, mongo_url=self.mongo.url, origin="chaos")


Database = Callable[[], PrivateMongo | PrivateMongoSet]


@contextmanager
def chaos_servers(database: Database) -> Iterator[ChaosServers]:
    """Run a broker and a database of this kind within the block."""
    servers = ChaosServers(PrivateRabbit(), database())
    with running(servers.rabbit, servers.mongo):
        yield servers


class MongoOnSmallDisk(PrivateMongo):
    """A node whose data are on a file system of its own, in memory; it takes root to mount it.

    The mount is seen by its own processes only (a mount namespace), and ends with the last of them.
    """

    _holder: subprocess.Popen[bytes] | None = None

    def fill(self) -> None:
        """Leave no space on the disk."""
        with suppress(OSError), self._filler.open("wb", buffering=0) as filler:
            while filler.write(bytes(BLOCK_BYTES)):
                pass

    def free(self) -> None:
        """Give the space back."""
        self._filler.unlink()

    def ended(self) -> bool:
        """Return whether it ended by itself, as it may on a full disk."""
        return not self._runs()

    def _command(self, folder: Path) -> list[str]:
        command = super()._command(folder)
        holder = self._holder = self._holder or self._hold(folder)
        return ["nsenter", f"--mount=/proc/{holder.pid}/ns/mnt", *command]

    def _hold(self, folder: Path) -> subprocess.Popen[bytes]:
        """Mount the file system, and keep it while no mongod runs."""
        mount = (
            f"mount -t tmpfs -o {DISK} tmpfs {folder / 'data'} && echo mounted && exec sleep inf"
        )
        holder = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", mount],
            env=self._environment(folder),
            stdout=subprocess.PIPE,
        )
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"mounted\n"
        return holder

    @property
    def _filler(self) -> Path:
        assert self._holder is not None
        return Path(f"/proc/{self._holder.pid}/root{self.folder}/data/filler")
