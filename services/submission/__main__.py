"""`python -m services.submission`: serve the receivability of dossiers."""

from services.submission.service import SERVICE
from shared.service_app import run

if __name__ == "__main__":
    run(SERVICE)
