"""What is personal leaves a dossier: names, SIRET, communes, texts, ids. Amounts and facts stay.

The same name stands for the same thing all through a case: whoever sat in the committee is
`membre 1` wherever they come. What a case has no word for is never written at all.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from services.cli.cases.examples import (
    DOSSIER_ID,
    OLD_DOSSIER_ID,
    OTHER_CAF,
    OTHER_SIRET,
    THE_CAF,
    THE_SIRET,
)
from services.eligibility.domain.sessions import INSEE_LENGTH, OVERSEAS

# How a case calls what a field holds, numbered in the order in which it comes.
NUMBERED = {
    "collectif_id": "C",
    "order_id": "A",
    "control_id": "K",
    "reversal_id": "R",
    "amendment_id": "M",
}
LISTS = {
    "collectifs": "C",
    "priorities": "priorité ",
    "committee": "membre ",
    "members_present": "membre ",
}
TWO = {"siret": (THE_SIRET, OTHER_SIRET), "caf": (THE_CAF, OTHER_CAF)}


@dataclass(slots=True)
class Aliases:
    """The names that a case gives, by what they stand for."""

    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def redacted(self, value: Any, name: str = "") -> Any:
        """Return a JSON value without anything personal that this module knows of."""
        if name in SPECIAL:
            return SPECIAL[name](value)
        if isinstance(value, dict):
            return {key: self.redacted(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self._in_list(each, name) for each in value]
        if isinstance(value, str) and name in TWO:
            return self._one_of(name, value)
        return self._numbered(NUMBERED[name], value) if name in NUMBERED and value else value

    def _in_list(self, value: Any, name: str) -> Any:
        if isinstance(value, str) and value.strip() and name in LISTS:
            return self._numbered(LISTS[name], value)
        return self.redacted(value)

    def _numbered(self, prefix: str, value: str) -> str:
        count = sum(1 for kind, _ in self.known if kind == prefix)
        return self.known.setdefault((prefix, value), f"{prefix}{count + 1}")

    def _one_of(self, name: str, value: str) -> str:
        first, second = TWO[name]
        known = any(kind == name for kind, _ in self.known)
        return self.known.setdefault((name, value), second if known else first)


def _communes(value: list[str]) -> list[str]:
    """Return a commune that the school calendar treats alike: here or overseas."""
    return ["97411"] if any(map(_overseas, value)) else ["76540"]


def _overseas(commune: str) -> bool:
    return len(commune) == INSEE_LENGTH and commune.isdigit() and commune.startswith(OVERSEAS)


def _ours(_value: Any) -> str:
    return DOSSIER_ID


def _old(value: Any) -> str | None:
    return OLD_DOSSIER_ID if value else None


SPECIAL: dict[str, Callable[[Any], Any]] = {
    "communes": _communes,
    "dossier_id": _ours,
    "renews": _old,
}
