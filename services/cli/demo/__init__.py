"""`clas demo`: a campaign of Seine-Maritime played through the real system, and its report.

This package holds the sample campaign, plays it and lays its report out. The services' reports
compute it from published events, as a partner receives them.
"""
