"""A second calculator of findings, prices, answers and entries, written from the documents alone.

    referentiel.py   what the referentiel finds of a project and its collectifs
    intake.py        what submission should answer: received, held, rejected, completed
    committee.py     what eligibility should answer: assessments, decisions, remarks
    prices.py        what a school year is worth, in whole cents
    forecasts.py     what a dossier would be worth before the decision
    answers.py       the answers expected to each message of a life
    books.py         what accounting should book for them, as columns of signed cents
    applications.py  random lives of dossiers, by seed, up to their agrement
    lives.py         random lives of rights, by seed, from their agrement on
    production.py    what the services really answer and book
    compare.py       the first difference, if there is one

All but the last two know nothing of the services, nor of anything that the services are made of.
"""
