"""Ends every process of one private server and deletes its folder, even when its owner was killed.

Runs as a small program of its own, with the owner at the other end of its standard input. That pipe
closes when the owner closes it and also when the owner dies, however it dies, so nothing depends
on signal handlers or on a clean exit of the interpreter.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

FOLDER_VARIABLE = "CLAS_EMBEDDED_FOLDER"
_END_S_MAX = 60.0
_POLL_S = 0.02


def watch(folder: Path) -> "subprocess.Popen[bytes]":
    """Return a guard of this folder; it acts when its standard input closes."""
    command = [sys.executable, "-I", "-S", __file__, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def can_guard() -> bool:
    """Return whether processes show their environment here, which is how we know our own."""
    return Path("/proc/self/environ").exists()


def processes_of(folder: Path) -> list[int]:
    """Return the ids of the processes started for this folder, down to the daemons they left."""
    mark = f"{FOLDER_VARIABLE}={folder}".encode()
    return [int(entry.name) for entry in Path("/proc").iterdir() if mark in _environment(entry)]


def kill_all(folder: Path) -> None:
    """Return once no process of this folder runs; raise TimeoutError when one will not die."""
    deadline = time.monotonic() + _END_S_MAX
    while running := processes_of(folder):
        if time.monotonic() > deadline:
            message = f"Processes {running} of {folder} do not end. Kill them manually."
            raise TimeoutError(message)
        _kill(running)
        time.sleep(_POLL_S)


def _environment(entry: Path) -> list[bytes]:
    if not entry.name.isdecimal():
        return []
    try:
        return (entry / "environ").read_bytes().split(b"\0")
    except OSError:  # It has ended, or it belongs to another user.
        return []


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _wait_and_clean(folder: Path) -> None:
    sys.stdin.read()
    kill_all(folder)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _wait_and_clean(Path(sys.argv[1]))
