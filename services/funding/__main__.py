"""`python -m services.funding`: run the funding service."""

from services.funding.service import SERVICE
from shared.service_app import run

if __name__ == "__main__":
    run(SERVICE)
