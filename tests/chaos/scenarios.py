"""All scenarios: importing a module registers those that it defines."""

from tests.chaos import broker, database, exports, kills, messages, network, starts, versions
from tests.chaos.registry import SCENARIOS

MODULES = (kills, broker, database, network, messages, starts, versions, exports)
ALL = SCENARIOS
