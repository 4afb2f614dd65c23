"""Funding: what an agrement is worth, and which advances may be paid on it.

Owns the price of a grant (Ps, bonuses, 80 % cap, parts, advance ceilings), the baremes that the
Cnaf publishes, the dates of conventions and the advances granted. Refuses to know why a project
is eligible, who sat in the committee, and how anything is booked. Envelopes, renewals, balance
and control belong here and are still to be written (`shared.contracts.registry.AWAITED`).
"""
