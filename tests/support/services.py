"""The four services, for tests that run them in process."""

from services.accounting.service import SERVICE as ACCOUNTING
from services.eligibility.service import SERVICE as ELIGIBILITY
from services.funding.service import SERVICE as FUNDING
from services.submission.service import SERVICE as SUBMISSION

__all__ = ["ACCOUNTING", "ALL", "ELIGIBILITY", "FUNDING", "SUBMISSION"]
ALL = (SUBMISSION, ELIGIBILITY, FUNDING, ACCOUNTING)
