"""All samples of the kit, numbered in the order of play: what fits, then what does not."""

from shared.partner_kit.builder import SampleDraft, numbered
from shared.partner_kit.invalid_data import BROKEN
from shared.partner_kit.invalid_envelopes import AROUND
from shared.partner_kit.sample import Sample
from shared.partner_kit.scenario import SCENARIO

CHAPTERS: tuple[tuple[int, tuple[SampleDraft, ...]], ...] = (
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
