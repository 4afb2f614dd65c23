"""`python -m services.eligibility`: serve the referentiel and the committee."""

from services.eligibility.service import SERVICE
from shared.service_app import run

if __name__ == "__main__":
    run(SERVICE)
