"""The base model of message bodies, and the content hash by which two bodies are compared."""

import hashlib
from typing import Any, Self

import orjson
from pydantic import BaseModel, ConfigDict

from shared.contracts.types import FINGERPRINT

NESTED = (dict, list)


class WireModel(BaseModel):
    """Frozen, strict data of the wire. Unknown fields are ignored; the archive keeps them."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="ignore", validate_by_name=True, serialize_by_alias=True
    )

    def with_changes(self, **changes: Any) -> Self:
        """Return a copy with some fields replaced; the caller vouches for their types."""
        return self.model_copy(update=changes)


def content_hash(content: BaseModel) -> str:
    """Return the SHA-256 of the validated content; unknown fields are ignored, lists are sets.

    Different notations of the same amount, share or instant are equal.
    """
    document = content.model_dump(mode="json", context=FINGERPRINT)
    return hashlib.sha256(orjson.dumps(_sets(document), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _sets(value: Any) -> Any:
    """Return a JSON value with every list sorted and without duplicates; dicts are changed."""
    if type(value) is dict:
        for name, member in value.items():
            if type(member) in NESTED:
                value[name] = _sets(member)
        return value
    members = (_sets(each) if type(each) in NESTED else each for each in value)
    return sorted({orjson.dumps(m, option=orjson.OPT_SORT_KEYS).decode() for m in members})
