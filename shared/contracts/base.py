"""What every message body has in common, and the fingerprint by which two bodies are the same."""

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
    """SHA-256 of the validated content: unknown fields do not count, lists are sets.

    The same amount, share or instant counts as the same however it was written.
    """
    written = content.model_dump(mode="json", context=FINGERPRINT)
    return hashlib.sha256(orjson.dumps(_sets(written), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _sets(value: Any) -> Any:
    """Put every list inside a JSON object or list in one order, without doubles."""
    if type(value) is dict:
        return {name: _sets(v) if type(v) in NESTED else v for name, v in value.items()}
    members = (_sets(each) if type(each) in NESTED else each for each in value)
    unique = {orjson.dumps(member, option=orjson.OPT_SORT_KEYS) for member in members}
    return [member.decode() for member in sorted(unique)]
