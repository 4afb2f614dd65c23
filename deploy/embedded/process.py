"""What the private servers have in common: a folder, a guard, a crash on demand and a return."""

import os
import subprocess
import tempfile
from abc import abstractmethod
from contextlib import suppress
from pathlib import Path

from deploy.embedded.guard import FOLDER_VARIABLE, can_guard, kill_all, processes_of, watch
from deploy.embedded.server import Server, ServerFailedError

_TERMINATE_S_MAX = 30.0
_LOG_TAIL_BYTES = 2_000


class PrivateServer(Server):
    """A server on free local ports with data of its own; ``stop`` leaves no process and no file."""

    origin = "private servers"

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def available(cls) -> bool:
        """Return whether the program is on this machine and runs."""
        return can_guard() and cls._program_runs()

    def launch(self) -> None:
        """Start it without waiting, so that several can start at the same time."""
        folder = self._folder or self._make_folder()
        with _log_of(folder).open("ab") as log:
            self._process = subprocess.Popen(
                self._command(folder),
                cwd=folder,
                env=self._environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us; we end the server ourselves.
            )

    def stop(self) -> None:
        """Return once its processes and its data are gone; stopping twice is the same as once."""
        if self._guard is None:
            return
        self._guard.communicate()
        self._reap()
        self._guard = self._folder = self._process = None

    def kill(self) -> None:
        """End it like a crash (SIGKILL); its data and its ports wait for ``restart``."""
        kill_all(self.folder)
        self._reap()

    def restart(self) -> None:
        """Return once it answers again on the same ports with the same data."""
        self._terminate()
        self.kill()
        self.start()

    def processes(self) -> list[int]:
        """Return the ids of all its running processes; none once it is stopped."""
        return processes_of(self._folder) if self._folder else []

    @property
    def folder(self) -> Path:
        """Its data and logs; raises ServerFailedError when it is not started."""
        if self._folder is None:
            raise ServerFailedError(f"{self.name} was not started, or was stopped. Call start().")
        return self._folder

    @classmethod
    @abstractmethod
    def _program_runs(cls) -> bool: ...

    @classmethod
    def _parent_folder(cls) -> Path | None:
        """Return where to make its folder; None is where this machine puts temporary files."""
        return None

    @abstractmethod
    def _command(self, folder: Path) -> list[str]: ...

    def _environment(self, folder: Path) -> dict[str, str]:
        # Nothing else is passed on: variables meant for another server must not reach this one.
        path = os.environ.get("PATH", os.defpath)
        return {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8", FOLDER_VARIABLE: str(folder)}

    def _make_folder(self) -> Path:
        prefix, parent = f"clas-{self.name.lower()}-", self._parent_folder()
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        self._guard = watch(folder)
        self._folder = folder
        return folder

    def _runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _last_words(self) -> str:
        return _log_of(self.folder).read_bytes()[-_LOG_TAIL_BYTES:].decode(errors="replace")

    def _terminate(self) -> None:
        if self._process is not None and self._runs():
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=_TERMINATE_S_MAX)

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait()


def _log_of(folder: Path) -> Path:
    return folder / "output.log"
