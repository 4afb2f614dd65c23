"""Paths that the documents name exist in the repository."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    (ROOT / "CONTRIBUTING.md", ROOT / "README.md", *(ROOT / "docs").rglob("*.md")),
)
FOLDERS = ("services", "shared", "deploy", "docs", "tests", "requirements")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"`([\w.*/-]+)`")
RELATIVE_TO_SHARED = ("docs/glossary.md",)
"""Documents whose other paths are relative to `shared/`."""


def paths_of(document: Path) -> Iterator[str]:
    """Yield the repository paths in backticks, code blocks left out; `*` is a wildcard."""
    name = str(document.relative_to(ROOT))
    for path in QUOTED.findall(FENCED.sub("", document.read_text(encoding="utf-8"))):
        folder, slash, _ = path.partition("/")
        if slash and folder in FOLDERS:
            yield path
        elif name in RELATIVE_TO_SHARED and "/" in path:
            yield f"shared/{path}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_of_a_document_exists(document: Path) -> None:
    missing = {path for path in paths_of(document) if not any(ROOT.glob(path))}

    assert missing == set()


def test_documents_name_paths_in_backticks() -> None:
    assert "shared/kernel/money.py" in set(paths_of(ROOT / "CONTRIBUTING.md"))
    assert "shared/kernel/ports.py" in set(paths_of(ROOT / "docs" / "glossary.md"))
