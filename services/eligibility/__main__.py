"""`python -m services.eligibility`: run the eligibility service."""

from services.eligibility.service import SERVICE
from shared.service_app import run

if __name__ == "__main__":
    run(SERVICE)
