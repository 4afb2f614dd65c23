"""What `clas redrive` does: outputs and requests that no consumer's inbox has are sent again."""

import hashlib
from collections.abc import Iterator, Mapping

import orjson

from shared.contracts.registry import BY_NAME
from shared.kernel.messages import DEVELOPMENT, InboxKey, OutgoingMessage
from tests.simulation.broker import Broker
from tests.simulation.store import Database

Missing = Iterator[tuple[str, OutgoingMessage]]


def redrive(broker: Broker, databases: Mapping[str, Database]) -> int:
    """Send everything that is missing to the service that misses it; return how many."""
    missing = [*missing_outputs(databases), *_missing_requests(broker, databases)]
    for service, message in missing:
        broker.redrive(service, message)
    return len(missing)


def missing_outputs(databases: Mapping[str, Database]) -> Missing:
    """Yield the events that a service published, and a consumer did not handle."""
    for producer, database in databases.items():
        for record in database.content.records.values():
            for output in record.outputs:
                yield from _missing(f"/clas/{producer}", output, databases)


def _missing_requests(broker: Broker, databases: Mapping[str, Database]) -> Missing:
    """Yield the requests of the log that a service did not handle.

    What services publish is not taken from the log: their records say it, and what a restored
    service decides again it publishes again.
    """
    for message in {message.id: message for message in broker.log}.values():
        try:
            source = orjson.loads(message.body)["source"]
        except (ValueError, KeyError):
            continue
        if not source.startswith("/clas/"):
            yield from _missing(source, message, databases)


def _missing(source: str, message: OutgoingMessage, databases: Mapping[str, Database]) -> Missing:
    spec = BY_NAME.get(message.routing_key.partition(".")[0])
    handled = InboxKey(DEVELOPMENT, source, message.id)
    refused = InboxKey(DEVELOPMENT, "", f"sha256:{hashlib.sha256(message.body).hexdigest()}")
    for consumer in spec.consumers if spec and message.queue is None else ():
        if databases[consumer].content.records.keys().isdisjoint({handled, refused}):
            yield consumer, message
