"""`python -m services.submission`: run the submission service."""

from services.submission.service import SERVICE
from shared.service_app import run

if __name__ == "__main__":
    run(SERVICE)
