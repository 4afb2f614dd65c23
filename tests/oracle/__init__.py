"""A second calculator of prices, answers and entries, written from the documents alone.

    prices.py      what a school year is worth, in whole cents
    answers.py     what funding should answer to each message of a life
    books.py       what accounting should book for it, as columns of signed cents
    lives.py       random lives, by seed
    production.py  what the services really answer and book
    compare.py     the first difference, if there is one

The first four know nothing of the services, nor of anything that the services are made of.
"""
