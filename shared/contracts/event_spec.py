"""The model of one row of the contract registry."""

from dataclasses import dataclass

from shared.contracts.base import WireModel

SERVICES = ("submission", "eligibility", "funding", "accounting")
TYPE_PREFIX = "fr.caf.clas."


@dataclass(frozen=True, slots=True)
class EventSpec:
    """One event type: its producer, consumers, business key and possible answers.

    `key` names the fields of the business key. `refusals` are the rule ids that a refusal may
    carry. `internal` marks a service's message to itself: partners ignore it. `last_counts`: of the
    events with one business key the last by `time` counts, so a time that is ahead is refused.
    `new_consumers` are those that release 0.3.0 did not have.
    """

    model: type[WireModel]
    producer: str
    consumers: tuple[str, ...] = ()
    key: tuple[str, ...] = ("dossier_id",)
    answers: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    internal: bool = False
    last_counts: bool = False
    new_consumers: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The event's name, `DossierSubmitted`."""
        return self.model.__name__

    @property
    def type(self) -> str:
        """The CloudEvents type, `fr.caf.clas.DossierSubmitted.v1`."""
        return f"{TYPE_PREFIX}{self.name}.v1"
