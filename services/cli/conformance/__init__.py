"""`clas conformance`: what a partner sends, and what a system answers, held against the contract.

It owns the verdict on a partner's file, the kit that partners take home, and the playing of its
samples. It refuses to know a service: all it sees is what travels on the exchange.
"""
