"""AsyncAPI 3.0.0 of each service: what it receives and what it sends."""

from typing import Any

from shared.contracts.envelope import CONTENT_TYPE
from shared.contracts.registry import EventSpec, consumed_by, published_by
from shared.contracts.schema import file_of, meaning_of
from shared.yaml import write_yaml

EXCHANGE = "clas.events"
BINDING = "0.3.0"
VERSION = "1.0.0"
Document = dict[str, Any]


def document_of(service: str) -> str:
    """Return a service's document as YAML."""
    specs = {spec.name: spec for spec in (*consumed_by(service), *published_by(service))}
    document = {
        "asyncapi": "3.0.0",
        "info": _info(service),
        "defaultContentType": CONTENT_TYPE,
        "servers": {"broker": _server()},
        "channels": {name: _channel(spec) for name, spec in specs.items()},
        "operations": {
            **{f"receive{spec.name}": _receive(spec) for spec in consumed_by(service)},
            **{f"send{spec.name}": _send(spec) for spec in published_by(service)},
        },
        "components": {
            "messages": {name: _message(spec) for name, spec in specs.items()},
            "parameters": {"caf": _caf()},
            "channelBindings": {"events": {"amqp": _exchange()}},
        },
    }
    return write_yaml(document)


def _info(service: str) -> Document:
    return {
        "title": f"CLAS {service}",
        "version": VERSION,
        "description": (
            f"What {service} listens to, from its queue `clas.{service}`, and what it says."
            " docs/contract.md tells the same of all services."
        ),
        "license": {"name": "EUPL-1.2"},
    }


def _server() -> Document:
    return {
        "host": "{broker}",
        "protocol": "amqp",
        "protocolVersion": "0-9-1",
        "description": "The broker that all services and partners share.",
        "variables": {"broker": {"description": "Host and port of the broker."}},
    }


def _channel(spec: EventSpec) -> Document:
    scoped = "caf" in spec.model.model_fields
    return {
        "address": f"{spec.name}.v1.{'{caf}' if scoped else 'national'}",
        "title": spec.name,
        "description": _audience(spec),
        "messages": {spec.name: {"$ref": f"#/components/messages/{spec.name}"}},
        **({"parameters": {"caf": {"$ref": "#/components/parameters/caf"}}} if scoped else {}),
        "bindings": {"$ref": "#/components/channelBindings/events"},
        **_internal(spec),
    }


def _audience(spec: EventSpec) -> str:
    if spec.internal:
        return f"Internal: {spec.producer} to itself. Partners ignore it."
    producer = "any service" if spec.producer == "any" else spec.producer
    return f"From {producer} to {' and '.join(spec.consumers) or 'partners'}."


def _caf() -> Document:
    return {
        "description": "The three digits of the Caf, or `national` where the event has none.",
        "examples": ["761"],
        "location": "$message.payload#/data/caf",
    }


def _exchange() -> Document:
    exchange = {"name": EXCHANGE, "type": "topic", "durable": True, "autoDelete": False}
    return {"is": "routingKey", "exchange": exchange, "bindingVersion": BINDING}


def _receive(spec: EventSpec) -> Document:
    return {
        "action": "receive",
        **_operation(spec),
        "bindings": {"amqp": {"ack": True, "bindingVersion": BINDING}},
        **({"x-answers": list(spec.answers)} if spec.answers else {}),
        **({"x-refusals": sorted(spec.refusals)} if spec.refusals else {}),
        **_internal(spec),
    }


def _send(spec: EventSpec) -> Document:
    persistent = {"deliveryMode": 2, "mandatory": True, "bindingVersion": BINDING}
    return {
        "action": "send",
        **_operation(spec),
        "bindings": {"amqp": persistent},
        **_internal(spec),
    }


def _operation(spec: EventSpec) -> Document:
    return {
        "channel": {"$ref": f"#/channels/{spec.name}"},
        "messages": [{"$ref": f"#/channels/{spec.name}/messages/{spec.name}"}],
    }


def _message(spec: EventSpec) -> Document:
    return {
        "name": spec.type,
        "title": spec.name,
        "summary": meaning_of(spec).partition("\n")[0],
        "contentType": CONTENT_TYPE,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "payload": {"$ref": f"../schemas/{file_of(spec)}"},
        **_internal(spec),
    }


def _internal(spec: EventSpec) -> Document:
    return {"x-internal": True} if spec.internal else {}
