"""Funding: what an agrement is worth, and which advances may be paid on it.

Owns the price of a grant (Ps, bonuses, 80 % cap, parts, advance ceilings), the envelopes of each
Caf and the list of grants that wait for them, later school years, the baremes that the Cnaf
publishes, the dates of conventions, advances, balances, controls and cancellations. Refuses to
know why a project is eligible, who sat in the committee, and how anything is booked.
"""
