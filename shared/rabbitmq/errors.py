"""Faults of the broker's topology; importing them loads no client."""


class TopologyError(RuntimeError):
    """What stands on the broker is not what the contract says."""
