"""The shape of a pure decision: what it may read, what it is given, what it returns.

    decide(message, known, parameters) -> Decision

No clock, no ids, no I/O: a decision sees a message, the states it asked for, and dated
parameters; it returns the states that changed and the events to publish.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from shared.contracts.base import WireModel
from shared.kernel.rules import Step

NAMESPACE = uuid.UUID("6f0d6c1e-9c0b-5c7e-8a39-2f4f1f6f7b10")

E_co = TypeVar("E_co", bound=WireModel, covariant=True)
S = TypeVar("S", bound="State")


@dataclass(frozen=True, slots=True)
class WritePrecondition:
    """What another document must say when a state is written; the store itself looks.

    In the document `id` of `collection`, the item of the list `items` in which `field` is
    `value` must have a `status` among `allowed`; `absent` stands for it where there is none.
    """

    collection: str
    id: str
    items: str
    field: str
    value: Any
    allowed: tuple[str, ...]
    absent: str

    def allows(self, document: Mapping[str, Any] | None) -> bool:
        """Tell whether this document, as it stands, allows the write."""
        items = document[self.items] if document else ()
        named = (each["status"] for each in items if each[self.field] == self.value)
        return next(named, self.absent) in self.allowed


class State(BaseModel):
    """What a service remembers of one thing; stored as one document of `collection`.

    `shared`: read by many decisions and rarely written. A decision that only reads it is
    still safe: writing one makes every unit of work in flight that read any start again.
    """

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", validate_by_name=True, serialize_by_alias=True
    )
    collection: ClassVar[str]
    shared: ClassVar[bool] = False
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @property
    def key(self) -> str:
        """The id of this thing within its collection."""
        raise NotImplementedError  # pragma: no cover

    @property
    def write_precondition(self) -> WritePrecondition | None:
        """What allows this state to be written; None where only its version guards it."""
        return None

    def with_changes(self, **changes: Any) -> Self:
        """Return a copy with some fields replaced; the caller vouches for their types."""
        return self.model_copy(update=changes)


@dataclass(frozen=True, slots=True)
class StateRef(Generic[S]):
    """One state, by its class and id; it may not exist yet."""

    model: type[S]
    key: str


@dataclass(frozen=True, slots=True)
class Query(Generic[S]):
    """A page of states in the order of `order` then id, after a cursor, at most `limit`.

    `where` holds equalities (or tuples of allowed values). `after` holds the values of
    `order` and the id of the last state of the page before, empty at the start.
    A message whose decision reads a page is a unit of work of its own.
    """

    model: type[S]
    where: tuple[tuple[str, Any], ...]
    limit: int
    order: tuple[str, ...] = ()
    after: tuple[Any, ...] = ()


class RequestRef(BaseModel):
    """The request that an answer belongs to, kept in a state when the answer comes late."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    request: str
    correlation: str


@dataclass(frozen=True, slots=True)
class Message(Generic[E_co]):
    """A decoded event: its data and the attributes that decisions may use.

    `type` is the CloudEvents type in full; `origin` is what a late answer refers to.
    """

    id: str
    type: str
    time: datetime
    origin: RequestRef
    data: E_co


class States:
    """The states a decision asked for."""

    def __init__(
        self,
        states: Mapping[StateRef[Any], State | None],
        pages: Mapping[Query[Any], tuple[Any, ...]] | None = None,
    ) -> None:
        self._states = states
        self._pages = {} if pages is None else pages

    def get(self, model: type[S], key: str) -> S | None:
        """Return a state, or None when it does not exist.

        Raises:
            KeyError: when the handler's `reads` did not ask for it: a fault of the program.
        """
        return self._states[StateRef(model, key)]  # type: ignore[return-value]

    def get_if_loaded(self, model: type[S], key: str) -> S | None:
        """Like `get`, and None while the state is not loaded: for `reads` in two steps."""
        return self._states.get(StateRef(model, key))  # type: ignore[return-value]

    def page(self, page: Query[S]) -> tuple[S, ...]:
        """Return the states of a page."""
        return self._pages[page]

    def page_if_loaded(self, page: Query[S]) -> tuple[S, ...] | None:
        """Like `page`, and None while the page is not read: for `reads` in two steps."""
        return self._pages.get(page)


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """An event to publish when it is not simply an answer to the message in hand.

    `origin`: the request that it answers, however late (its id is derived from it).
    `about`: the state whose version is the event's sequence.
    `earlier`: how many events of this type and key the request was answered with before.
    """

    data: WireModel
    origin: RequestRef | None = None
    about: StateRef[Any] | None = None
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What changes, what is said, and how it came about.

    The first state gives the events their sequence. `steps` go into the decision's receipt.
    """

    states: tuple[State, ...] = ()
    events: tuple[WireModel | OutgoingEvent, ...] = ()
    steps: tuple[Step, ...] = ()


NO_CHANGE = Decision()
"""Old news: nothing changes, nothing is said."""

RequiredStates = Callable[[Message[Any], States], Iterable[StateRef[Any] | Query[Any]]]
Decide = Callable[[Message[Any], States, Any], Decision]


@dataclass(frozen=True, slots=True)
class Handler:
    """One line of a service's table: an event, the states it touches, the decision.

    `reads` is asked again with what is loaded until it names nothing new, so a second state
    may depend on a first one. It must name every state that the decision gets or returns,
    but for states that are born with a derived id.
    """

    event: type[WireModel]
    required_states: RequiredStates
    decide: Decide


@dataclass(frozen=True, slots=True)
class Gauge(Generic[S]):
    """How much is left of each long work that runs, for the metrics; nothing is shown of others.

    `running` selects the states that stand for works, and `labels` are their fields that tell
    works apart. `left` names the page at which a work goes on (its limit does not count): what
    is left are its states and those behind it. None: nothing is left.
    """

    name: str
    about: str
    running: Query[S]
    labels: tuple[str, ...]
    left: Callable[[S], Query[Any] | None]


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its name, its table, its states, its parameters and what its metrics show."""

    name: str
    handlers: tuple[Handler, ...]
    states: tuple[type[State], ...]
    parameters: Any = None
    gauges: tuple[Gauge[Any], ...] = ()
    by_event: Mapping[type[WireModel], Handler] = field(init=False)

    def __post_init__(self) -> None:
        """Index the table by event."""
        object.__setattr__(self, "by_event", {h.event: h for h in self.handlers})


def derived_id(*parts: str) -> str:
    """Return the UUID (version 5) that these parts always give."""
    return str(uuid.uuid5(NAMESPACE, "|".join(parts)))
