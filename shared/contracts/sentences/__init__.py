"""The French sentences of the events, a module for each producer, and the labels of codes."""
