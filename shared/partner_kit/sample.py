"""A sample of the kit: one message as it is published, and the expected answers.

The files of `shared/contracts/samples` are samples, in the order of play. They can be sent as they
are; RUN and CAF in their texts are to be replaced by other values of the same form.
"""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from shared.contracts.base import WireModel
from shared.contracts.envelope import CONTENT_TYPE
from shared.contracts.registry import BY_NAME, SERVICES, EventSpec
from shared.examples.changes import set_at

SAMPLES = Path(__file__).parents[1] / "contracts" / "samples"
RUN = "kit-00000000"
"""The prefix of every id of the samples: another prefix makes them new messages."""
CAF = "999"
"""A Caf that does not exist: real codes begin with 01 to 97."""
PERSISTENT = 2
Document = dict[str, Any]


class Answer(WireModel):
    """One expected event: its name, and the values that it must have.

    `rules`: those of its `reasons` or `grounds`; `errors`: the paths of a `MessageRefused`;
    `data`: fields that must have these values, others may stand beside them.
    """

    event: str
    rules: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    data: Document = Field(default_factory=dict)


class Capture(WireModel):
    """A field of the message whose value an earlier answer gave: `value` of `event`."""

    path: str
    sample: str
    event: str
    value: str


class Properties(WireModel):
    """The AMQP properties that a message travels with."""

    message_id: str
    content_type: str = CONTENT_TYPE
    delivery_mode: int = PERSISTENT


class Expected(WireModel):
    """All events that follow from a message, in any order, from all services.

    `once`: the answers when the kit was played on this system before, where they differ.
    `dead_letters` and `reason`: where the message then lies, for one that cannot be read.
    """

    answers: tuple[Answer, ...]
    once: tuple[Answer, ...] | None = None
    dead_letters: str | None = None
    reason: str | None = None


class Sample(WireModel):
    """One message of the kit; of `body` and `body_base64` there is one."""

    number: int
    name: str
    event: str
    valid: bool
    fr: str
    en: str
    routing_key: str
    properties: Properties
    takes: tuple[Capture, ...] = ()
    expected: Expected
    body: Document | None = None
    body_base64: str | None = None

    @property
    def file(self) -> str:
        """Its file name; names sort in the order of play."""
        return f"{self.number:03d}-{self.name}.json"

    def bytes(self, captured: Mapping[str, Any]) -> bytes:
        """Return the body as it is published, with the captured values set at their paths."""
        if self.body is None:
            return base64.b64decode(self.body_base64 or "")
        body: Document = json.loads(json.dumps(self.body))
        for path, value in captured.items():
            set_at(body, path, value)
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def inbound(spec: EventSpec) -> bool:
    """Return whether partners publish an event, rather than the services."""
    return spec.producer not in {*SERVICES, "any"}


def queue_owner(event: str) -> str:
    """Return the service that consumes an event first."""
    return BY_NAME[event].consumers[0]


def sample_text(sample: Sample) -> str:
    """Return the text of the file of a sample."""
    document = sample.model_dump(mode="json", exclude_defaults=True)
    document["properties"] = sample.properties.model_dump(mode="json")
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read_samples(folder: Path = SAMPLES) -> tuple[Sample, ...]:
    """Return the samples of a folder in the order of play.

    Raises:
        pydantic.ValidationError: a file is not a sample.
    """
    files = sorted(folder.glob("*.json"))
    return tuple(Sample.model_validate_json(path.read_bytes()) for path in files)
