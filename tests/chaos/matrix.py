"""The fault matrix: what can break, by number. Scenarios name the rows that they show."""

from collections.abc import Mapping
from typing import NamedTuple

_RACES = "tests/reliability/test_races.py: a barrier holds one replica between reads and writes"


class Row(NamedTuple):
    """A fault; `elsewhere` is what shows it where no scenario does, or why nothing can."""

    fault: str
    elsewhere: str = ""


MATRIX: Mapping[int, Row] = {
    1: Row("a service killed before it writes"),
    2: Row("a service killed in its transaction, all written"),
    3: Row("a service killed while it commits; the answer to a commit lost"),
    4: Row("a service killed between commit and acknowledgement"),
    5: Row("a service killed between acknowledgement and publication"),
    6: Row("a service killed while it publishes; a confirm lost"),
    7: Row("a service killed between confirm and mark; a relay killed with its lease"),
    8: Row("a service killed when all is done"),
    9: Row("all services killed at one instant"),
    10: Row("the broker restarted"),
    11: Row("the broker killed"),
    12: Row("a queue or an exchange deleted: the broker cancels the consumer"),
    13: Row("consumers that do not come back after the broker does"),
    14: Row("a memory alarm of the broker"),
    15: Row("a disk alarm of the broker"),
    16: Row("mongod killed"),
    17: Row("a primary that steps down"),
    18: Row("connections reset"),
    19: Row("connections that go silent"),
    20: Row("a connection lost during a commit"),
    21: Row("a slow network"),
    22: Row("a message delivered again"),
    23: Row("a message delivered to two replicas at once"),
    24: Row("one id, two contents"),
    25: Row(
        "one dossier under several ids",
        "tests/unit/submission/test_revisions.py: a decision on stored states",
    ),
    26: Row(
        "events out of order",
        "tests/properties/test_order.py, tests/unit/accounting/test_permutations.py",
    ),
    27: Row("a message that always fails"),
    28: Row("a message that kills its process"),
    29: Row("a message above the bound"),
    30: Row("replicas with skewed clocks"),
    31: Row(
        "a clock that jumps back in a running process",
        "not here: libfaketime sets a clock at the start of a process; see `make simulate`",
    ),
    32: Row("a process suspended"),
    33: Row("the disk of mongod full"),
    34: Row("the disk of exports full"),
    35: Row(
        "an exercise closed twice",
        "tests/unit/accounting/test_closing.py, and closings sent thrice",
    ),
    36: Row("an event after the closing", "tests/unit/accounting/test_advances.py and its cases"),
    37: Row("a release beside the one before it"),
    38: Row("a return to the release before"),
    39: Row(
        "a contract that grows",
        "tests/contract/test_accepted.py: unknown members mean nothing; the schemas are compared",
    ),
    40: Row("an unknown event or version"),
    41: Row("two replicas and one dossier", _RACES),
    42: Row(
        "two replicas and the last euros of an envelope",
        "tests/reliability/test_races.py, tests/reliability/test_envelopes_under_storm.py",
    ),
    43: Row("crossed locks", "tests/reliability/test_envelopes_under_storm.py: two Cafs, shuffled"),
    44: Row("a transaction that lasts too long"),
    45: Row("an index created while transactions run"),
    46: Row("the broker's consumer time-out"),
    47: Row("many restarts with a full prefetch"),
    48: Row("a change stream without history", "none is used: the relay polls the outbox"),
    49: Row("the queue of dead letters away"),
    50: Row("wrong credentials, a busy port"),
    51: Row("an inbox purged too early", "nothing purges it: no command and no index expires it"),
    52: Row("a database restored that is older than the broker"),
}
