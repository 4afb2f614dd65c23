"""The model of a CloudEvent of the contract, with the data of one event."""

from functools import cache
from typing import Literal

from pydantic import ConfigDict, create_model

from shared.contracts.base import WireModel
from shared.contracts.event_spec import EventSpec
from shared.contracts.types import Attribute, Instant


class Envelope(WireModel):
    """The context attributes of an event; `data` is typed by `envelope_of`, and JSON only."""

    model_config = ConfigDict(title="CloudEvent")

    specversion: Literal["1.0"]
    id: Attribute
    source: Attribute
    type: Attribute
    subject: Attribute | None = None
    time: Instant
    datacontenttype: Literal["application/json"] = "application/json"
    correlationid: Attribute | None = None
    causationid: Attribute | None = None
    traceparent: str | None = None
    sequence: Attribute | None = None
    data: WireModel
    data_base64: None = None


@cache
def envelope_of(spec: EventSpec) -> type[Envelope]:
    """Return the envelope model whose `data` is the event's own model."""
    return create_model(f"{spec.name}Event", __base__=Envelope, data=(spec.model, ...))
