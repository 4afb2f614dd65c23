"""Pure decisions of funding, one module per body of rules."""
