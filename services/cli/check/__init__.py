"""`clas check`: compares everything that the four services store.

It composes the scanners of the services, runs one audit (`shared.audit`) and lays out the
results. It does not decide again: that is `clas replay`.
"""
