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
    """Sort every list of a JSON value, and remove duplicates."""
    if type(value) is dict:
        return {name: _sets(v) if type(v) in NESTED else v for name, v in value.items()}
    members = (_sets(each) if type(each) in NESTED else each for each in value)
    unique = {orjson.dumps(member, option=orjson.OPT_SORT_KEYS) for member in members}
    return [member.decode() for member in sorted(unique)]
