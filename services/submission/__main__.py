"""`python -m services.submission`: serve the receivability of dossiers."""

from services.submission.service import SERVICE
from shared.host import run

if __name__ == "__main__":
    run(SERVICE)
