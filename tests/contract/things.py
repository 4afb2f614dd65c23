"""States of small services of no domain, for what both stores promise."""

from typing import ClassVar

from pydantic import ConfigDict

from shared.contracts.base import WireModel
from shared.contracts.types import Text
from shared.kernel.decision import State


class Thing(State):
    """A state of any content; its name is its key."""

    model_config = ConfigDict(extra="allow")
    collection: ClassVar[str] = "things"
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("caf",),)

    name: str

    @property
    def key(self) -> str:
        """The name."""
        return self.name


class SharedThing(Thing):
    """One that is read under a read lock, and deletes the locks when it is written."""

    collection: ClassVar[str] = "shared_things"
    shared: ClassVar[bool] = True


class School(WireModel):
    """A school, with a personal field."""

    name: Text | None
    level: int


class Coordinator(WireModel):
    """A person, with a personal field."""

    name: Text


class Project(State):
    """A state with personal fields: its own, those of a list and of a nested model."""

    collection: ClassVar[str] = "projects"

    name: Text
    caf: str
    schools: tuple[School, ...]
    partners: tuple[Text, ...]
    coordinator: Coordinator | None

    @property
    def key(self) -> str:
        """The Caf."""
        return self.caf
