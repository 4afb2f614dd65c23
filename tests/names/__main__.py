"""`python -m tests.names`: the lint of identifiers, for `make lint`. Exit code 1 on any."""

import sys
from pathlib import Path

from tests.names.banned import violations

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("services", "shared", "deploy", "docs", "tests")
STORED = frozenset(
    {"services/accounting/domain/acknowledgements.py: word", "shared/contracts/caf.py: asked"}
)
"""Fields of stored documents or of the wire, as `path: name`: a rename would change the data."""


def main() -> int:
    """Print every violation as `path:line: identifier`."""
    files = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    lines = [
        f"{path.relative_to(ROOT)}:{line}: `{name}` says nothing: name what it holds or does"
        for path in files
        for line, name in violations(path.read_text(encoding="utf-8"))
        if f"{path.relative_to(ROOT)}: {name}" not in STORED
    ]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
