"""A deterministic simulation: the services under faults, in virtual time, decided by a seed."""
