"""The four services in the order of a dossier, for commands that decide again in process."""

from collections.abc import Mapping

from services.accounting.service import SERVICE as ACCOUNTING
from services.eligibility.service import SERVICE as ELIGIBILITY
from services.funding.service import SERVICE as FUNDING
from services.submission.service import SERVICE as SUBMISSION
from shared.kernel.service import Service

SERVICES_BY_NAME: Mapping[str, Service] = {
    service.name: service for service in (SUBMISSION, ELIGIBILITY, FUNDING, ACCOUNTING)
}
UPSTREAM = (SUBMISSION, ELIGIBILITY)
"""The services before funding."""
