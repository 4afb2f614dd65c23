"""Every dated parameter as its file writes it, by `service/file` and start year."""

import hashlib
import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
FILES = "services/*/parameters/*.yaml"
Values = dict[str, dict[int, Any]]


class TwiceError(ValueError):
    """A file gives one key two values: YAML itself would silently use the last."""


class _Strict(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT002 - the shape of the loader
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := [key for key in dict.fromkeys(keys) if keys.count(key) > 1]:
            msg = f"{node.start_mark.name}: two values for {', '.join(map(str, twice))}"
            raise TwiceError(msg)
        return super().construct_mapping(node, deep)


def values(root: Path = ROOT) -> Values:
    """Return all values of all services.

    Raises:
        TwiceError: when a file gives two values for one year, or one key of a value.
    """
    return {_name(path): _read(path)["values"] for path in sorted(root.glob(FILES))}


def digest(value: Any) -> str:
    """Return the digest of a value, its source included, whatever the layout of the file."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _name(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


def _read(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8") as file:
        document: dict[str, Any] = yaml.load(file, _Strict)
    return document
