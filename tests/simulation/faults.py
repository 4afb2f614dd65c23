"""The faults of one seed: the kinds that are on, and how strong each is."""

import random
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Faults:
    """Probabilities; `per step` is each time a replica calls a port, before and after the effect.

    Windows are periods of trouble: their number in the storm is drawn up to the value.
    """

    kill: float = 0.0
    """per step: the process is gone"""
    terminate: float = 0.0
    """windows: a replica ends gracefully and is started again"""
    suspend: float = 0.0
    """per step: the process stands still, then goes on (SIGSTOP)"""
    slow: float = 0.0
    """per step: an answer takes up to 20 ms"""
    stall: float = 0.0
    """per step: an answer takes up to 40 s"""
    skew: float = 0.0
    """seconds by which the clocks of processes and stores differ at most"""
    conflict: float = 0.0
    """per commit: another unit of work was faster"""
    store_fails: float = 0.0
    """per call of a store: it does not answer, without or with the effect"""
    store_odd: float = 0.0
    """per commit: an error that no table lists"""
    store_away: float = 0.0
    """windows: a store does not answer at all"""
    confirm_lost: float = 0.0
    """per publication: some messages arrive, their confirms do not"""
    publish_lost: float = 0.0
    """per publication: the connection breaks; the rest of the messages does not arrive"""
    connection_lost: float = 0.0
    """per receive: the consuming connection breaks"""
    flapping: float = 0.0
    """windows: all consuming connections of a service break each second"""
    blocked: float = 0.0
    """windows: the broker blocks publishers"""
    unbound: float = 0.0
    """windows: events of one service are not routed to one consumer, until a redrive"""
    restore: float = 0.0
    """windows: a store is replaced by an older snapshot of itself, then redriven"""
    duplicates: float = 0.0
    """per request: partners publish it again"""
    poison: float = 0.0
    """windows: a message that no service can handle"""


STRENGTHS = {
    "kill": (0.0005, 0.002, 0.005),
    "terminate": (2, 6),
    "suspend": (0.0005, 0.002),
    "slow": (0.1, 0.4),
    "stall": (0.0005, 0.002),
    "skew": (0.5, 30),
    "conflict": (0.02, 0.1, 0.3),
    "store_fails": (0.005, 0.02, 0.05),
    "store_odd": (0.005, 0.02),
    "store_away": (1, 3),
    "confirm_lost": (0.05, 0.2),
    "publish_lost": (0.02, 0.1),
    "connection_lost": (0.01, 0.05),
    "flapping": (1, 3),
    "blocked": (1, 3),
    "unbound": (1, 3),
    "restore": (1,),
    "duplicates": (0.1, 0.5),
    "poison": (2, 5),
}
assert STRENGTHS.keys() == {field.name for field in fields(Faults)}


def drawn(rng: random.Random, on: float = 0.4) -> Faults:
    """Draw which faults are on, each with the probability `on`, and how strong."""
    return Faults(
        **{kind: rng.choice(levels) for kind, levels in STRENGTHS.items() if rng.random() < on}
    )
