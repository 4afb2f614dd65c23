"""`clas demo`: a campaign of Seine-Maritime played through the real system, and its report.

This package holds the sample campaign and plays it. The services' reports compute and print what
became of it from published events, as a partner receives them.
"""
