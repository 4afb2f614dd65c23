"""Funding: the price of an agrement, and the advances that may be paid on it.

Owns the price of a grant (Ps, bonuses, 80 % cap, parts, advance ceilings), the envelopes of each
Caf and the list of grants that wait for them, later school years, the baremes that the Cnaf
publishes, the dates of conventions, advances, balances, controls and cancellations. It does
not decide eligibility, nor how anything is booked.
"""
