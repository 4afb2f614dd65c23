"""The verdict on one seed: played, judged, and now and then played twice."""

import gc
import logging
from dataclasses import dataclass

import structlog

from tests.simulation.oracle import judge
from tests.simulation.world import Setting, play, setting

PLAYED_TWICE_EVERY = 20


@dataclass(frozen=True, slots=True)
class Lives:
    """Which lives are played: how many dossiers, whole or not (drawn when None)."""

    fewest: int = 2
    most: int = 6
    whole: bool | None = None

    def setting(self, seed: int) -> Setting:
        """Return the setting of a seed."""
        return setting(seed, self.fewest, self.most, whole=self.whole)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a seed; `fault` is empty when all is well."""

    seed: int
    fault: str


def verdict(seed: int, lives: Lives, *, twice: bool) -> Verdict:
    """Play a seed and judge it; `twice`: play it again, and compare the traces."""
    chosen = lives.setting(seed)
    ended = play(chosen)
    try:
        judge(ended)
        if twice:
            again = play(chosen)
            assert again.digest == ended.digest, "played twice, the traces differ"
    except AssertionError as fault:
        return Verdict(seed, str(fault))
    return Verdict(seed, "")


def prepare() -> None:
    """Prepare a process that plays many seeds: no logs, and quick collection of what they leave."""
    critical = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=critical)
    gc.collect()
    gc.freeze()
