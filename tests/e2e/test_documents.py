"""Every command that the documents show is run, in order, on the campaign of the demo."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.embedded import Servers
from tests.support.client import LONGEST_S
from tests.support.command_line import Stage, staged

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "exports.md", "fec.md", "analysts.md", "subventions.md")
"""The README plays the campaign that the others export."""
FENCED = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^    (clas .*)$", re.MULTILINE)

pytestmark = pytest.mark.servers


def commands(document: str) -> list[str]:
    """Return the lines of every `sh` block, then every indented command of a document."""
    folder = ROOT if document == "README.md" else ROOT / "docs"
    text = (folder / document).read_text(encoding="utf-8")
    fenced = [line for block in FENCED.findall(text) for line in block.splitlines()]
    return [line for line in (*fenced, *INDENTED.findall(text)) if line.strip()]


def test_every_command_of_the_documents_ends_well(real_servers: Servers, tmp_path: Path) -> None:
    with staged(real_servers, tmp_path) as stage:
        stage.start("serve", "all")
        for document in DOCUMENTS:
            folder = tmp_path / document.removesuffix(".md")
            folder.mkdir()
            (folder / "docs").symlink_to(ROOT / "docs")
            lines = commands(document)
            assert lines, document
            for line in lines:
                result = run(stage, line, folder)
                assert result.returncode == 0, f"{line}\n{result.stdout}{result.stderr}"


def run(stage: Stage, line: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a line in a shell that finds `clas`, in this folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=os.environ | stage.environment | {"PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
