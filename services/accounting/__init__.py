"""Accounting owns the entries, from the first advance to a control, and the closing of exercises.

It does not decide why an amount is due: what funding granted is booked as granted. It does not
pay (payment is outside), does not price, and never queries another service.
"""
