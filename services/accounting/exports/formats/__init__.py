"""The formats of the journal: one module each, offered by `registry`; `base` is the protocol."""
