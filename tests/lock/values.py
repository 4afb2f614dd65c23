"""Every dated parameter as its file writes it, by `service/file` and start year."""

import hashlib
import json
from pathlib import Path
from typing import Any

from shared.yaml import read_yaml

ROOT = Path(__file__).parent.parent.parent
FILES = "services/*/parameters/*.yaml"
Values = dict[str, dict[int, Any]]


def values(root: Path = ROOT) -> Values:
    """Return all values of all services.

    Raises:
        RepeatedKeyError: when a file gives two values for one year, or one key of a value.
    """
    return {_name(path): read_yaml(path)["values"] for path in sorted(root.glob(FILES))}


def digest(value: Any) -> str:
    """Return the digest of a value, its source included, whatever the layout of the file."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _name(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"
