"""`clas check`: everything that the four services keep, held against each other.

A check is a pure function on one thing that is kept: a record, a state, an entry, an exercise, a
right, an envelope. Each module holds a body of them; `run` reads, once and in a stream, and asks.
It refuses to know how a decision is made: that is `clas replay`.
"""
