"""The name that was probably meant, whatever its capitals, accents and blanks."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

SIMILAR = 0.75
COMPARED_MAX = 100
JOINERS = str.maketrans(" -", "__")


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the one of some names that resembles a name most, however little."""
    (best,) = _nearest(name, names, 0)
    return best


def similar(name: str, names: Iterable[str]) -> str | None:
    """Return the nearest name where it is near enough to be proposed, else None."""
    return next(iter(_nearest(name, names, SIMILAR)), None)


def _nearest(name: str, names: Iterable[str], cutoff: float) -> list[str]:
    by_folded = {_folded(each): each for each in names}
    return [by_folded[each] for each in get_close_matches(_folded(name), by_folded, 1, cutoff)]


def _folded(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name[:COMPARED_MAX].strip().casefold())
    return letters.encode("ascii", "ignore").decode().translate(JOINERS)
