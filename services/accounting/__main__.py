"""`python -m services.accounting`: serve the ledger."""

from services.accounting.service import SERVICE
from shared.service_app import run

if __name__ == "__main__":
    run(SERVICE)
