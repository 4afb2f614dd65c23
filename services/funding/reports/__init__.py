"""Reports of a Caf from published events: pure functions compute the rows."""
