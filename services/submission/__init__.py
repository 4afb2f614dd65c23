"""Submission owns whether a dossier is receivable: campaigns, interim reports, revisions.

It does not decide whether the project is eligible (eligibility), whether it is granted (the
committee) or how it is priced (funding): it passes the whole dossier on.
"""
