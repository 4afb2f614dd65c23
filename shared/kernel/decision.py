"""The types of a pure decision: messages, states, findings, events.

    decide(message, states, parameters) -> Decision

No clock, no random ids, no I/O: a decision reads a message, the states that its handler
requires, and dated parameters; it returns the changed states and the events to publish.
"""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Self, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict

from shared.contracts.base import WireModel

NAMESPACE = uuid.UUID("6f0d6c1e-9c0b-5c7e-8a39-2f4f1f6f7b10")

E_co = TypeVar("E_co", bound=WireModel, covariant=True)
S = TypeVar("S", bound="State")


@dataclass(frozen=True, slots=True)
class WritePrecondition:
    """A condition on another document, checked by the store when a state is written.

    In the document `id` of `model`, the item of the list `items` whose `field` equals
    `value` must have a `status` in `allowed`; without such an item the status is `absent`.
    """

    model: type["State"]
    id: str
    items: str
    field: str
    value: Any
    allowed: tuple[str, ...]
    absent: str

    def allows(self, document: Mapping[str, Any] | None) -> bool:
        """Return whether the condition holds for this document; None: it does not exist."""
        items = document[self.items] if document else ()
        statuses = (item["status"] for item in items if item[self.field] == self.value)
        return next(statuses, self.absent) in self.allowed


class State(BaseModel):
    """A state of a service, stored as one document of `collection`.

    `shared`: read by many decisions and rarely written, under an optimistic read lock. A write
    makes every unit of work in flight that read a shared state conflict and start again.
    """

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", validate_by_name=True, serialize_by_alias=True
    )
    collection: ClassVar[str]
    shared: ClassVar[bool] = False
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @property
    def key(self) -> str:
        """The id of the document within its collection."""
        raise NotImplementedError  # pragma: no cover

    @property
    def write_precondition(self) -> WritePrecondition | None:
        """The condition for writing this state; None: only its version is checked."""
        return None

    def with_changes(self, **changes: Any) -> Self:
        """Return a copy with some fields replaced; their types are not validated."""
        return self.model_copy(update=changes)


class StateRef(NamedTuple, Generic[S]):
    """A reference to a state by class and id; the state may not exist yet.

    A tuple, since every state of a decision is looked up by it several times.
    """

    model: type[S]
    key: str


@dataclass(frozen=True, slots=True)
class Query(Generic[S]):
    """A page of states in the order of `order` then id, after a cursor, at most `limit`.

    `where` holds equalities (or tuples of allowed values). The cursor `after` holds the values
    of `order` and the id of the last state of the previous page; empty for the first page.
    A message whose decision reads a page is committed in a unit of work of its own.
    """

    model: type[S]
    where: tuple[tuple[str, Any], ...]
    limit: int
    order: tuple[str, ...] = ()
    after: tuple[Any, ...] = ()


class RequestRef(BaseModel):
    """The request that an answer refers to; stored in a state until a late answer is sent."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    request: str
    correlation: str


@dataclass(frozen=True, slots=True)
class Message(Generic[E_co]):
    """A decoded event: its data and the attributes that decisions may use.

    `type` is the full CloudEvents type; `origin` is the request that a late answer refers to.
    """

    id: str
    type: str
    time: datetime
    origin: RequestRef
    data: E_co


@dataclass(frozen=True)
class StoredState(Generic[S]):
    """A state at one version, as a store has it: version 0 and an empty document before any write.

    `replaces` is the version that a write expects to replace. Content and state are derived from
    the document when they are first needed.
    """

    model: type[S]
    key: str
    version: int = 0
    document: dict[str, Any] = field(default_factory=dict)
    replaces: int = 0

    @classmethod
    def of(cls, state: S, version: int, replaces: int = 0) -> "StoredState[S]":
        """Return a state to be stored.

        Raises:
            pydantic_core.PydanticSerializationError: a value that JSON cannot represent.
        """
        document = state.model_dump(mode="json")
        stored = cls(type(state), state.key, version, document, replaces)
        stored.__dict__["existing"] = state
        return stored

    @classmethod
    def only_read(cls, ref: StateRef[S], state: S | None) -> "StoredState[S]":
        """Return a state for a decision that is not stored; None: it does not exist."""
        stored = cls(ref.model, ref.key, version=0 if state is None else 1)
        stored.__dict__["existing"] = state
        return stored

    @property
    def ref(self) -> StateRef[S]:
        """The reference to the state."""
        return StateRef(self.model, self.key)

    @cached_property
    def content(self) -> bytes | None:
        """The document as JSON: what receipts quote and hash; None when it does not exist."""
        return orjson.dumps(self.document) if self.version else None

    @property
    def state(self) -> S | None:
        """The state, None when it does not exist.

        Raises:
            pydantic.ValidationError: when the document does not have its form (any more).
        """
        return self.existing if self.version else None

    @cached_property
    def existing(self) -> S:
        """The state of a document that exists; raises like `state`."""
        return self.model.model_validate_json(self.content or b"null")


Stored = Mapping[StateRef[Any], StoredState[Any]]
Pages = Mapping[Query[Any], tuple[StateRef[Any], ...]]


@dataclass(frozen=True, slots=True)
class States:
    """Read access to the states and pages that a decision requires."""

    stored: Stored
    pages: Pages = field(default_factory=dict)

    def get(self, model: type[S], key: str) -> S | None:
        """Return a state, or None when it does not exist.

        Raises:
            KeyError: when the handler does not require it: a programming error.
        """
        state: S | None = self.stored[StateRef(model, key)].state
        return state

    def get_if_loaded(self, model: type[S], key: str) -> S | None:
        """Like `get`, but None while the state is not loaded: for loading in two steps."""
        return self.get(model, key) if StateRef(model, key) in self.stored else None

    def page(self, query: Query[S]) -> tuple[S, ...]:
        """Return the states of a page.

        Raises:
            KeyError: when the handler does not require it: a programming error.
        """
        states = (self.stored[ref].state for ref in self.pages[query])
        return tuple(state for state in states if state is not None)

    def page_if_loaded(self, query: Query[S]) -> tuple[S, ...] | None:
        """Like `page`, but None while the page is not loaded: for loading in two steps."""
        return self.page(query) if query in self.pages else None


Outcome = Literal["ok", "breach", "derogation", "review", "not_applicable", "computed"]


NO_AMOUNTS: Mapping[str, str] = {}


class Finding(NamedTuple):
    """One rule applied: a check with its outcome, or a computation with its amounts.

    `message`, `observed` and `expected` are French texts; the last two are blank where nothing was
    compared. `amounts` maps a name to an amount in euros or a share, as text.
    """

    rule: str
    outcome: Outcome
    message: str
    observed: str = ""
    expected: str = ""
    amounts: Mapping[str, str] = NO_AMOUNTS


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """An event to publish with attributes other than those of the current message.

    `origin`: the request that it answers, however late; the event's id is derived from it.
    `about`: the state whose version becomes the event's sequence.
    `earlier`: the number of events of this type and key that already answered the request.
    """

    data: WireModel
    origin: RequestRef | None = None
    about: StateRef[Any] | None = None
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """The changed states, the events to publish, and the rules applied.

    The version of the first state is the events' sequence. `findings` are what its rules found:
    they go into the receipt.
    """

    states: tuple[State, ...] = ()
    events: tuple[WireModel | OutgoingEvent, ...] = ()
    findings: tuple[Finding, ...] = ()


NO_CHANGE = Decision()
"""A duplicate request: no state changes, no event is published."""


def derived_id(*parts: str) -> str:
    """Return the UUID (version 5) derived from these parts; `uuid.uuid5` takes thrice as long."""
    name = "|".join(parts).encode()
    digest = hashlib.sha1(NAMESPACE.bytes + name, usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) % 4]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"
