"""Values of the wire: cents, years, and lists without order."""

from typing import Any

Json = dict[str, Any]


def cents(amount: str) -> int:
    """`"12.30"` is 1230."""
    return int(amount.replace(".", ""))


def euros(amount: int) -> str:
    """1230 is `"12.30"`."""
    return f"{'-' * (amount < 0)}{abs(amount) // 100}.{abs(amount) % 100:02}"


def year_of(text: str) -> int:
    """The year of a date, or the start year of a school year."""
    return int(text[:4])


def school_year(start: int) -> str:
    return f"{start}-{start + 1}"


def famille(budget: Json) -> int:
    """What other resources of a budget come from the branche Famille."""
    return sum(cents(r["amount"]) for r in budget["resources"] if r["branche_famille"])


def content(value: Any) -> Any:
    """A message in comparable form: lists without order."""
    if isinstance(value, dict):
        return tuple(sorted((key, content(each)) for key, each in value.items()))
    if isinstance(value, list):
        return tuple(sorted(map(content, value), key=repr))
    return value
