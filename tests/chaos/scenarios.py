"""All scenarios: importing a module registers those that it defines."""

from tests.chaos import broker, database, kills, messages, network, starts
from tests.chaos.registry import SCENARIOS

MODULES = (kills, broker, database, network, messages, starts)
ALL = SCENARIOS
