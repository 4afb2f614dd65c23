"""From JSON and some changes to valid wire data."""

import copy
import json
from functools import reduce
from typing import Any, TypeVar

from shared.contracts.base import WireModel

M = TypeVar("M", bound=WireModel)
Document = dict[str, Any]


def build(model: type[M], document: Document, changes: Document) -> M:
    """Build a model from its JSON with some fields replaced; a field may be added by its name."""
    absent = dict.fromkeys(model.model_fields.keys() - document.keys())
    changed = bent(document | {name: None for name in absent if name in changes}, changes)
    return model.model_validate_json(json.dumps(changed, default=str, ensure_ascii=False))


def bent(document: Document, changes: Document) -> Document:
    """Replace fields by their paths: `project__rural`, `collectifs__0__children`.

    Raises:
        KeyError: a path that leads nowhere; a misspelt field would otherwise test nothing.
    """
    changed = copy.deepcopy(document)
    for path, value in changes.items():
        *parents, last = path.split("__")
        place: Any = reduce(_inside, parents, changed)
        _inside(place, last)
        place[int(last) if isinstance(place, list) else last] = value
    return changed


def _inside(place: Any, step: str) -> Any:
    return place[int(step) if isinstance(place, list) else step]
