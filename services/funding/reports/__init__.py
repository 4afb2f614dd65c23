"""Reports of a Caf, from what the services said: pure functions compute the rows."""
