"""The name that was probably meant, whatever its capitals, accents and blanks."""

import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches

SIMILAR = 0.75
COMPARED_MAX = 100
CONTAINED_MIN = 2
JOINERS = str.maketrans(" -", "__")


def nearest(name: str, names: Iterable[str], most: int) -> list[str]:
    """Return the names, at most so many, that resemble a name most, however little."""
    by_folded = {_folded(each): each for each in names}
    return [by_folded[each] for each in get_close_matches(_folded(name), by_folded, most, 0)]


def similar(name: str, names: Iterable[str]) -> str | None:
    """Return the name that resembles a name enough to be proposed, None where two do as much."""
    folded, by_folded = _folded(name), {_folded(each): each for each in names}
    best = get_close_matches(folded, by_folded, 2, SIMILAR)
    ratios = [SequenceMatcher(None, each, folded).ratio() for each in best]
    return by_folded[best[0]] if best and ratios.count(ratios[0]) == 1 else None


def meant_code(value: str, codes: Iterable[str], synonyms: Mapping[str, str]) -> str | None:
    """Return the code that a value stands for: a synonym, the one that contains it, or similar."""
    folded, codes = _folded(value), tuple(codes)
    if (synonym := synonyms.get(folded)) in codes:
        return synonym
    containing = [code for code in codes if folded in _folded(code)]
    if len(folded) >= CONTAINED_MIN and len(containing) == 1:
        return containing[0]
    return similar(value, codes)


def _folded(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name[:COMPARED_MAX].strip().casefold())
    return letters.encode("ascii", "ignore").decode().translate(JOINERS)
