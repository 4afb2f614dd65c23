"""Removes personal data from a dossier: names, SIRET, communes, texts, ids. Amounts and facts stay.

The same alias represents the same value throughout a case: a committee member is `membre 1`
wherever the name occurs. A field without a label in a case is never written.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from services.cli.cases.examples import DOSSIER_ID, OLD_DOSSIER_ID, distinct_from
from shared.examples.dossier import CAF, OTHER_CAF, OTHER_SIRET, SIRET
from shared.kernel.calendar import is_overseas

# The alias of a field's values, numbered in the order in which they occur.
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
PAIRS = {"siret": (SIRET, OTHER_SIRET), "caf": (CAF, OTHER_CAF)}


@dataclass(slots=True)
class Aliases:
    """The aliases of a case, by kind and original value."""

    by_value: dict[tuple[str, str], str] = field(default_factory=dict)

    def redact(self, value: Any, name: str = "") -> Any:
        """Return a JSON value with aliases in place of the personal fields listed here."""
        if name in SPECIAL:
            return SPECIAL[name](value)
        if isinstance(value, dict):
            return {key: self.redact(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self._in_list(each, name) for each in value]
        if isinstance(value, str) and name in PAIRS:
            return self._one_of(name, value)
        return self._numbered(NUMBERED[name], value) if name in NUMBERED and value else value

    def _in_list(self, value: Any, name: str) -> Any:
        if isinstance(value, str) and value.strip() and name in LISTS:
            return self._numbered(LISTS[name], value)
        return self.redact(value)

    def _numbered(self, prefix: str, value: str) -> str:
        count = sum(1 for kind, _ in self.by_value if kind == prefix)
        return self.by_value.setdefault((prefix, value), f"{prefix}{count + 1}")

    def _one_of(self, name: str, value: str) -> str:
        first, second = PAIRS[name]
        has_first = any(kind == name for kind, _ in self.by_value)
        return self.by_value.setdefault((name, value), second if has_first else first)


def _communes(value: list[str]) -> list[str]:
    """Return a commune with the same school calendar: mainland or overseas."""
    return ["97411"] if any(map(is_overseas, value)) else ["76540"]


def _own_dossier_id(_value: Any) -> str:
    return DOSSIER_ID


def _renewed_dossier_id(value: Any) -> str | None:
    return OLD_DOSSIER_ID if value else None


def _other_dossiers(value: Any) -> list[dict[str, str]]:
    """Return one other dossier without its motive, if any is named."""
    return distinct_from() if value else []


SPECIAL: dict[str, Callable[[Any], Any]] = {
    "communes": _communes,
    "dossier_id": _own_dossier_id,
    "renews": _renewed_dossier_id,
    "distinct_from": _other_dossiers,
}
