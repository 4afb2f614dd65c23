"""The pure decisions of eligibility."""
