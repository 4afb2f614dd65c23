"""All samples of the kit, numbered in the order of play: valid messages, then invalid ones."""

from shared.partner_kit.builder import SampleDraft, sample_of
from shared.partner_kit.invalid_data import INVALID_DATA
from shared.partner_kit.invalid_envelopes import INVALID_ENVELOPES
from shared.partner_kit.sample import Sample
from shared.partner_kit.scenario import SCENARIO

CHAPTERS: tuple[tuple[int, tuple[SampleDraft, ...]], ...] = (
    (1, SCENARIO),
    (101, INVALID_DATA),
    (301, INVALID_ENVELOPES),
)
"""Each chapter with its first number: a chapter that grows does not renumber the others."""


def samples() -> tuple[Sample, ...]:
    """Return the samples in the order of play."""
    return tuple(
        sample_of(number, draft)
        for first, chapter in CHAPTERS
        for number, draft in enumerate(chapter, first)
    )
