"""`python -m services.funding`: serve prices and advances."""

from services.funding.service import SERVICE
from shared.service_app import run

if __name__ == "__main__":
    run(SERVICE)
