"""What the sample campaign is made of: who files what, and which mistakes people make.

Everything is invented but the communes; no company has a SIREN that begins with 000.
"""
