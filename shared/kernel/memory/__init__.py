"""In-process adapters of the two ports: the same contract, the same conflicts, no server."""

from shared.kernel.memory.bus import MemoryBroker, MemoryBus
from shared.kernel.memory.store import MemoryStore

__all__ = ["MemoryBroker", "MemoryBus", "MemoryStore"]
