"""Events between services: what one published, another has handled, and the other way round."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from shared.audit.findings import CheckRule, Violation, no_violations
from shared.audit.records import ParsedRecord, PublishedEvent
from shared.contracts.registry import BY_NAME, BY_TYPE, SERVICES


class Side(NamedTuple):
    """An event on one side: the hash of its body, its name, whom it concerns, who keeps it.

    `young`: it waits to be published, or was written so lately that it may be in hand.
    """

    sha256: str
    name: str
    about: str
    where: str
    young: bool = False


IN_HAND_MAX = timedelta(minutes=1)
"""How long a service may have a message in hand, where no queue shows it, while all is well."""
Key = tuple[str, str]
"""The consumer and the id of an event."""


@dataclass(frozen=True, slots=True)
class Redriven:
    """A dead letter that came again: its first coming may have made the pair already."""

    key: Key
    side: Side


class DeliveryReconciliation:
    """Events of the contract that have one side so far; both together they leave.

    `size` counts what was said, once for each service that it goes to, and what was heard.
    Only events between the services `among` are looked at, and those of `caf` where one is given.
    """

    def __init__(self, among: frozenset[str], caf: str | None = None) -> None:
        self._among, self._caf = among, caf
        self._said: dict[Key, Side] = {}
        self._heard: dict[Key, Side] = {}
        self._replayed: list[Redriven] = []
        self._refused: set[Key] = set()
        self.size = (0, 0)

    def published(self, filed: ParsedRecord, said: PublishedEvent) -> Iterator[Violation]:
        """Take in an event that a service published, for each service that it goes to."""
        spec = BY_NAME.get(said.name)
        if self._caf not in {None, said.caf}:
            return
        young = filed.stored.unpublished or filed.now - filed.record.handled_at < IN_HAND_MAX
        side = Side(said.sha256, said.name, _who(said), filed.where, young)
        for consumer in spec.consumers if spec else ():
            if consumer in self._among:
                key = (consumer, said.id)
                self.size = (self.size[0] + 1, self.size[1])
                if other := self._heard.pop(key, None):
                    yield from _same(side, other)
                else:
                    self._said[key] = side

    def handled(self, filed: ParsedRecord) -> Iterator[Violation]:
        """Take in a message that a service handled, when it is one that a service publishes."""
        message, record = filed.message or {}, filed.record
        spec = BY_TYPE.get(str(message.get("type")))
        if spec is None or spec.producer not in self._among & set(SERVICES):
            return
        data = message.get("data")
        caf = data.get("caf") if isinstance(data, dict) else None
        if self._caf not in {None, caf}:
            return
        key = (filed.service, str(message.get("id")))
        self.size = (self.size[0], self.size[1] + 1)
        side = Side(record.sha256, spec.name, filed.about, filed.where)
        if other := self._said.pop(key, None):
            yield from _same(other, side)
        elif record.key.replay:
            self._replayed.append(Redriven(key, side))
        else:
            self._heard[key] = side
        if record.outcome != "decided":
            self._refused.add(key)

    def unhandled(self, consumer: str) -> Mapping[str, Side]:
        """Return by id what was published and what a service has not handled."""
        return {event_id: side for (to, event_id), side in self._said.items() if to == consumer}

    def settle(self, consumer: str, ids: set[str]) -> None:
        """Take out what was on its way to a service."""
        for event_id in ids:
            self._said.pop((consumer, event_id), None)

    def lost(self) -> Iterator[Violation]:
        """Yield what was published and is not handled; asked once all was read."""
        for replayed in self._replayed:
            self._said.pop(replayed.key, None)
        for (consumer, event_id), side in self._said.items():
            wrong = f"{side.name} {event_id} publié, jamais traité par {consumer}"
            yield Violation(side.about, wrong, side.where)

    def unknown(self) -> Iterator[Violation]:
        """Yield what was handled and that no service published; asked before `lost`."""
        for replayed in self._replayed:
            if replayed.key not in self._said and replayed.key not in self._refused:
                self._heard.setdefault(replayed.key, replayed.side)
        for (_, event_id), side in self._heard.items():
            wrong = f"{side.name} {event_id} traité, publié par aucun service"
            yield Violation(side.about, wrong, side.where)


def _same(said: Side, heard: Side) -> Iterator[Violation]:
    if said.sha256 != heard.sha256:
        wrong = (
            f"{said.name} : le message traité n’est pas celui qui est publié"
            f" ({said.sha256[:12]}…, {heard.sha256[:12]}…)"
        )
        yield Violation(heard.about, wrong, heard.where)


def _who(said: PublishedEvent) -> str:
    return said.dossier_id or (f"Caf {said.caf}" if said.caf else "aucun dossier")


HEARD: CheckRule[Any] = CheckRule(
    "événement traité par chaque service à qui il s’adresse",
    "événements traités par chaque service à qui ils s’adressent",
    "registre du contrat",
    no_violations,
    "l’événement ou son traitement manque : rétablir la boîte de réception du service depuis une"
    " sauvegarde, ou publier de nouveau l’événement (`clas publish --any`)",
)
KNOWN: CheckRule[Any] = CheckRule(
    "événement traité qu’un service a publié",
    "événements traités qu’un service a publiés",
    "registre du contrat",
    no_violations,
    "l’événement ne vient pas des services : chercher qui publie sur le courtier, ou rétablir la"
    " boîte d’envoi depuis une sauvegarde",
)
