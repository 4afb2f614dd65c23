"""Consistency checks on what the services store.

A check is a pure function of one subject: a record, a state, an entry, an exercise, a right, an
envelope, an export batch. Each module holds the checks of one kind; `run` reads the subjects from
a snapshot, once and in a stream, and applies them. Services add checks with scanners of their own.
"""
