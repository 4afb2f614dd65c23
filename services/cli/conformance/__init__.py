"""`clas conformance`: validates partners' files, writes their kit, tests a running system with it.

Verdicts, kit and runner are in `shared.partner_kit`; this package is their command line.
"""
