"""What the documents show was run: every command of their `sh` blocks, in order, on a campaign."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded import Servers
from tests.support.client import LONGEST_S
from tests.support.command_line import Stage, staged

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "docs/exports.md")
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.servers


def commands(document: str) -> list[str]:
    """Return the lines of every `sh` block of a document."""
    blocks = BLOCK.findall((ROOT / document).read_text(encoding="utf-8"))
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def stage(real_servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "docs").symlink_to(ROOT / "docs")
    with staged(real_servers, folder) as stage:
        stage.start("serve", "all")
        yield stage


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_of_a_document_ends_well(stage: Stage, document: str) -> None:
    lines = commands(document)

    assert lines
    for line in lines:
        result = run(stage, line)
        assert result.returncode == 0, f"{line}\n{result.stdout}{result.stderr}"


def run(stage: Stage, line: str) -> "subprocess.CompletedProcess[str]":
    """Run a line in a shell that finds `clas`, in the folder of the test."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", line],
        cwd=stage.folder,
        env=os.environ | stage.environment | {"PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
