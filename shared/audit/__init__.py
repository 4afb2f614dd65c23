"""Consistency checks on what the services store.

A check is a row of a table (`findings.CheckRule`): what is compared, what it proves, where a
violation points. Each module holds the rows of one kind of subject: a record, a state, an entry,
an exercise, a right, an envelope, an export batch. `run` reads the subjects from a snapshot, once
and in a stream; a service adds its rows and reads its states with a scanner of its own.

Amounts are not calculated here: each decision is replayed from its receipt, its inputs are what
earlier decisions wrote, and its message is what another service published.
"""
