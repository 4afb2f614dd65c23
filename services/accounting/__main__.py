"""`python -m services.accounting`: run the accounting service."""

from services.accounting.service import SERVICE
from shared.service_app import run

if __name__ == "__main__":
    run(SERVICE)
