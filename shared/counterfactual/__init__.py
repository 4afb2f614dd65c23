"""What a stored decision was, and which smallest changes of the request would alter it.

A receipt opens as a `StoredDecision`; services name candidate changes; the search tries sets of
them on the production decision itself.
"""
