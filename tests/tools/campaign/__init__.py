"""Generator of the sample campaign: organisations, dossiers, mistakes, and the events of a year.

All data are invented but the communes; no company has a SIREN that begins with 000.
"""
