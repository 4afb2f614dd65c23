"""Values at paths of a JSON document: `project.rural`, `collectifs.0.children`."""

import copy
from collections.abc import Mapping
from functools import reduce
from typing import Any

Document = dict[str, Any]


def changed(document: Document, changes: Mapping[str, object]) -> Document:
    """Return a copy of a document with the values at some paths replaced.

    Raises:
        LookupError: a path does not exist, so that a misspelt field is noticed.
    """
    result = copy.deepcopy(document)
    for path, value in changes.items():
        value_at(result, path)
        set_at(result, path, value)
    return result


def value_at(document: Any, path: str) -> Any:
    """Return the value at a path.

    Raises:
        LookupError: the path does not exist.
    """
    return reduce(_step_into, path.split("."), document)


def set_at(document: Any, path: str, value: Any) -> None:
    """Set the value at a path of which all but the last step exists.

    Raises:
        LookupError: a step before the last one does not exist.
    """
    container, last = _container(document, path)
    container[last] = value


def remove_at(document: Any, path: str) -> None:
    """Remove the field or item at a path.

    Raises:
        LookupError: the path does not exist.
    """
    container, last = _container(document, path)
    del container[last]


def _container(document: Any, path: str) -> tuple[Any, Any]:
    """Return the object or list that holds the value at a path, and its field or index there."""
    above, _, last = path.rpartition(".")
    container = value_at(document, above) if above else document
    return container, int(last) if isinstance(container, list) else last


def _step_into(node: Any, step: str) -> Any:
    return node[int(step) if isinstance(node, list) else step]
