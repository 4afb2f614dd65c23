"""Simulation: a campaign decided again by the production decisions with other parameters."""
