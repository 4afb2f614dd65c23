"""The wire: types, one module per producer, the registry and the envelope."""
