"""Submission owns whether a dossier is receivable: campaigns, interim reports, revisions.

It refuses to know whether the project is a good one (eligibility), who grants it (the
committee) and what it is worth (funding): it hands over the whole dossier and forgets it.
"""
