"""Logging: JSON lines on standard error, one per event, with its fields."""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict

CLIENTS = ("aio_pika", "aiormq")  # Our own events, or the command, report a lost broker.


def configure(level: str) -> None:
    """Send structlog and the libraries' warnings to standard error as JSON."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s %(message)s")
    _silence_clients()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )


def silence() -> None:
    """Log nothing: a command prints its own results and faults, also those of services in it."""
    _silence_clients()
    structlog.configure(processors=[_dropped])


def _dropped(_logger: Any, _method: str, _event: EventDict) -> EventDict:
    raise structlog.DropEvent


def _silence_clients() -> None:
    for client in CLIENTS:
        logging.getLogger(client).setLevel(logging.CRITICAL)
