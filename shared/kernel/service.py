"""A service as a table: each row is an event with the states it requires and its decision."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared.contracts.base import WireModel
from shared.kernel.decision import Decision, Message, Query, State, StateRef, States

S = TypeVar("S", bound=State)
RequiredStates = Callable[[Message[Any], States], Iterable[StateRef[Any] | Query[Any]]]
Decide = Callable[[Message[Any], States, Any], Decision]


@dataclass(frozen=True, slots=True)
class Handler:
    """A row of a service's handler table: event type, required states, decision.

    `required_states` is called with the loaded states until it names nothing new, so one state
    may depend on another. It must name every state that the decision gets or returns, except
    new states with a derived id.
    """

    event: type[WireModel]
    required_states: RequiredStates
    decide: Decide


@dataclass(frozen=True, slots=True)
class Gauge(Generic[S]):
    """A metric: the number of states still to process by each running batch process.

    `running` selects the states of the running processes; `labels` are the fields that identify
    a process. `remaining` returns the page at which a process continues: the states of this page
    and of all later ones are counted. None: nothing remains.
    """

    name: str
    description: str
    running: Query[S]
    labels: tuple[str, ...]
    remaining: Callable[[S], Query[Any] | None]


@dataclass(frozen=True, slots=True)
class Wait(Generic[S]):
    """A metric: how many states wait for something, and since when the first of them does.

    `waiting` selects them, the one that waits longest first; `since` returns when its wait began.
    `awaited` is the value of the label of that name.
    """

    name: str
    description: str
    awaited: str
    waiting: Query[S]
    since: Callable[[S], datetime]


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its name, handlers, states, parameters, gauges and waits.

    `decided_again`: the events of release 0.3.0 that `clas migrate` decides again, since a state
    now keeps more of them.
    """

    name: str
    handlers: tuple[Handler, ...]
    states: tuple[type[State], ...]
    parameters: Any = None
    gauges: tuple[Gauge[Any], ...] = ()
    waits: tuple[Wait[Any], ...] = ()
    decided_again: tuple[type[WireModel], ...] = ()
    by_event: Mapping[type[WireModel], Handler] = field(init=False)

    def __post_init__(self) -> None:
        """Index the handlers by event type."""
        object.__setattr__(self, "by_event", {handler.event: handler for handler in self.handlers})
