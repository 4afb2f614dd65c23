"""Pure decisions of accounting."""
