"""The contract: types, the models of each producer, the registry of events, the envelope."""
