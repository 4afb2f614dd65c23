"""Eligibility: judges a received dossier against the referentiel, then the committee's decision.

It owns the checks, their thresholds and the agrement. It refuses to know whether a dossier is
receivable (submission), what an agrement is worth (funding) and how it is booked (accounting).
"""
