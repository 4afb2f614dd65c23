"""Faults of the broker's topology; importing them loads no client."""


class TopologyError(RuntimeError):
    """The topology on the broker is not the required one."""
