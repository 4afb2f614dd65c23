"""`clas check`: compares everything that the four services store.

It composes the scanners of the services, runs one audit (`shared.audit`) and lays out the
results. Decisions are replayed, not calculated a second time: the calculator that expects entries
independently is in `tests/oracle`.
"""
