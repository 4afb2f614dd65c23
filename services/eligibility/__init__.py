"""Eligibility: assesses a received dossier against the referentiel, then the committee's decision.

It owns the checks, their thresholds and the agrement. It does not decide whether a dossier is
receivable (submission), how an agrement is priced (funding) or booked (accounting).
"""
