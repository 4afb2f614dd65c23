"""The simulator itself: a seed decides everything, and bugs that are planted are found."""

import asyncio
from collections.abc import Callable

import pytest

from tests.simulation.oracle import books_of, calm
from tests.simulation.plants import PLANTS
from tests.simulation.verdict import Lives, verdict
from tests.simulation.world import Setting, play, setting
from tests.support.campaign import Campaign, calm_books
from tests.support.oracle import assert_same_books

MOST_SEEDS = 100
SEED = 7


def test_a_seed_decides_every_step() -> None:
    lines: list[list[str]] = [[], []]

    digests = [play(setting(SEED), each.append).digest for each in lines]

    assert lines[0] == lines[1]
    assert digests[0] == digests[1]
    assert play(setting(SEED + 1)).digest != digests[0]


def test_without_faults_the_books_are_those_of_the_in_process_system() -> None:
    in_process = asyncio.run(calm_books(Campaign(dossiers=3)))

    assert_same_books(calm(3, whole=False)[1], in_process)


def test_two_replicas_without_faults_end_as_one() -> None:
    assert_same_books(books_of(play(Setting(1, 3))), calm(3, whole=False)[1])


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in (PLANTS[plant], *range(MOST_SEEDS)):
        chosen = Lives().setting(seed)
        calm(chosen.dossiers, whole=chosen.whole)
        with monkeypatch.context() as patch:
            plant(patch)
            if verdict(seed, Lives(), twice=False).fault:
                return
    pytest.fail(f"none of {MOST_SEEDS} seeds finds it")
