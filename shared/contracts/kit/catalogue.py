"""All samples of the kit, numbered in the order of play: what fits, then what does not."""

from shared.contracts.kit.around import AROUND
from shared.contracts.kit.broken import BROKEN
from shared.contracts.kit.drafts import Draft, numbered
from shared.contracts.kit.sample import Sample
from shared.contracts.kit.scenario import SCENARIO

CHAPTERS: tuple[tuple[int, tuple[Draft, ...]], ...] = (
    (1, SCENARIO),
    (101, BROKEN),
    (301, AROUND),
)
"""Where the numbers of each chapter begin: one that grows leaves the others as they are."""


def samples() -> tuple[Sample, ...]:
    """Return the samples in the order of play."""
    return tuple(
        numbered(number, draft)
        for first, chapter in CHAPTERS
        for number, draft in enumerate(chapter, first)
    )
