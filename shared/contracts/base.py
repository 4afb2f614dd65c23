"""What every message body has in common, and the fingerprint by which two bodies are the same."""

import hashlib
from typing import Any, Self

import orjson
from pydantic import BaseModel, ConfigDict


class Wire(BaseModel):
    """Frozen, strict data of the wire. Unknown fields are ignored; the archive keeps them."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="ignore", validate_by_name=True, serialize_by_alias=True
    )

    def but(self, **changes: Any) -> Self:
        """Return a copy with some fields replaced; the caller vouches for their types."""
        return self.model_copy(update=changes)


def fingerprint(content: BaseModel) -> str:
    """SHA-256 of the validated content: unknown fields do not count, lists are sets."""
    return hashlib.sha256(orjson.dumps(_canonical(content.model_dump(mode="json")))).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _canonical(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        unique = {orjson.dumps(_canonical(item)) for item in value}
        return [member.decode() for member in sorted(unique)]
    return value
