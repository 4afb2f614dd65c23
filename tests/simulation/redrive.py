"""Sends events of the log that a consumer's inbox does not have, in the order of the log.

It is an order in which partners saw their causes. Unlike `clas redrive` this reads no outbox and
waits for nothing: tests/unit/redrive has its waves.
"""

import hashlib
from collections.abc import Iterator, Mapping

import orjson

from shared.contracts.registry import BY_NAME
from shared.kernel.messages import DEVELOPMENT, InboxKey, OutgoingMessage
from tests.simulation.broker import Broker
from tests.simulation.store import Database

Missing = Iterator[tuple[str, OutgoingMessage]]
Databases = Mapping[str, Database]
INVALID_AT = ("submission",)
"""Which service answers what no service knows."""


def redrive(broker: Broker, databases: Databases) -> int:
    """Send everything that is missing to the service that misses it; return how many."""
    published = {(service, output.id) for service, output in outputs(databases)}
    missing = [
        (consumer, message)
        for message in {message.id: message for message in broker.log}.values()
        for consumer in _missing_at(_source(message), message, databases)
        # What a restored service does not know to have published, it will decide again.
        if _source(message) != f"/clas/{consumer}" or (consumer, message.id) in published
    ]
    for consumer, message in missing:
        broker.redrive(consumer, message)
    return len(missing)


def missing_outputs(databases: Databases) -> Missing:
    """Yield the events that a service published, and a consumer did not handle."""
    for producer, output in outputs(databases):
        for consumer in _missing_at(f"/clas/{producer}", output, databases):
            yield consumer, output


def outputs(databases: Databases) -> Missing:
    """Yield the events of the records of each service."""
    for service, database in databases.items():
        for record in database.content.records.values():
            yield from ((service, output) for output in record.outputs if output.queue is None)


def _missing_at(source: str, message: OutgoingMessage, databases: Databases) -> Iterator[str]:
    """Yield the consumers whose inbox has neither the event nor its refusal."""
    event = message.routing_key.partition(".")[0]
    handled = InboxKey(DEVELOPMENT, source, message.id)
    refused = InboxKey(DEVELOPMENT, "", f"sha256:{hashlib.sha256(message.body).hexdigest()}")
    for consumer in BY_NAME[event].consumers if event in BY_NAME else INVALID_AT:
        if databases[consumer].content.records.keys().isdisjoint({handled, refused}):
            yield consumer


def _source(message: OutgoingMessage) -> str:
    """Return the source of an event, empty where it cannot be read."""
    try:
        return str(orjson.loads(message.body)["source"])
    except (ValueError, KeyError):
        return ""
