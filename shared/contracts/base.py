"""What every message body has in common, and the fingerprint by which two bodies are the same."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Self

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
    """SHA-256 of the validated content: unknown fields do not count, lists are sets.

    The same amount, share or instant counts as the same however it was written.
    """
    return hashlib.sha256(_canonical(content.model_dump()).encode()).hexdigest()


def _canonical(value: Any) -> str:
    """Write a value in the one way that all its notations share; texts carry their length."""
    kind = type(value)
    if kind is str:
        return f"{len(value)}:{value}"
    if kind is dict:
        return "{" + ",".join([n + "=" + _canonical(value[n]) for n in sorted(value)]) + "}"
    if kind is tuple:
        return "[" + ",".join(sorted({_canonical(item) for item in value})) + "]"
    if kind is Decimal:
        return f"{value.normalize():f}"
    return value.astimezone(UTC).isoformat() if kind is datetime else str(value)
