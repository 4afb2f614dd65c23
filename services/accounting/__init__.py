"""Accounting owns the entries, from the first advance to a control, and the closing of exercises.

It refuses to know why an amount is due: what funding granted is booked as it was granted. It
never pays (payment is outside), never prices, and never asks another service anything.
"""
