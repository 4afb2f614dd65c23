"""Pure decisions of funding."""
