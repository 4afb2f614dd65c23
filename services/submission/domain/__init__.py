"""Pure decisions of submission."""
