"""Models that several producers share, and the two answers that any service may give."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Protocol, Self

from pydantic import Field, model_validator

from shared.contracts.base import WireModel
from shared.contracts.beyond_schema import beyond_schema
from shared.contracts.types import (
    LIST_LENGTH_MAX,
    BonusKind,
    CafCode,
    Commune,
    Exercise,
    GestionnaireKind,
    Id,
    Money,
    Name,
    Rule,
    SchoolLevel,
    Siret,
    StatedMoney,
    Text,
)

COLLECTIFS_MAX = 200
Texts = Annotated[tuple[Text, ...], Field(max_length=LIST_LENGTH_MAX)]


class HasCollectifId(Protocol):
    """What names one collectif."""

    @property
    def collectif_id(self) -> str:
        """Return its id."""


def require_unique(what: str, values: Iterable[tuple[str, str]]) -> None:
    """Reject values of one message that are repeated; each comes with its path in the data.

    Raises:
        ValueError: with the path of the first repetition, and all values that are repeated.
    """
    first: set[str] = set()
    repeated: dict[str, str] = {}
    for path, value in values:
        if value in first:
            repeated.setdefault(value, path)
        first.add(value)
    if repeated:
        message = f"{what} repeated: {', '.join(sorted(repeated))}"
        raise beyond_schema("repeated", message, next(iter(repeated.values())))


def ids_of(collectifs: Sequence[HasCollectifId]) -> Iterator[tuple[str, str]]:
    """Yield path and id of each collectif of a list."""
    for rank, collectif in enumerate(collectifs):
        yield f"collectifs.{rank}.collectif_id", collectif.collectif_id


def members(name: str, values: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield path and value of each member of a list of ids or codes."""
    for rank, value in enumerate(values):
        yield f"{name}.{rank}", value


class Reason(WireModel):
    """Why something was refused: the rule's id and a French sentence for a person."""

    rule: Rule
    message: Text


class Ground(Reason):
    """A reason with the value that was observed."""

    observed: Text


class Resource(WireModel):
    """One funder's contribution to a project's budget, in euros."""

    funder: Name
    branche_famille: bool
    amount: StatedMoney


class Budget(WireModel):
    """The yearly budget of the whole project, in euros."""

    total_annual_cost: StatedMoney
    resources: Annotated[tuple[Resource, ...], Field(max_length=LIST_LENGTH_MAX)]


class Payee(WireModel):
    """The gestionnaire as funding and accounting need it: whom to pay."""

    siret: Siret
    name: Name
    kind: GestionnaireKind


class ProjectSummary(WireModel):
    """What a granted project is, in short."""

    title: Text
    school_level: SchoolLevel
    communes: Annotated[tuple[Commune, ...], Field(min_length=1, max_length=LIST_LENGTH_MAX)]


class Cause(WireModel):
    """The event that made something happen."""

    id: str
    type: str


class ShapeError(WireModel):
    """One fault of form: the path in the message and what is wrong there."""

    path: str
    message: str


class RequestRefused(WireModel):
    """A well-formed request without a refusal event of its own is refused."""

    event_id: str
    event_type: str
    caf: CafCode | None
    reasons: tuple[Reason, ...]


class MessageRefused(WireModel):
    """A message could not be handled; it lies in the dead letters of `queue`."""

    event_id: str | None
    event_type: str | None
    caf: CafCode | None
    dossier_id: str | None
    queue: str
    routing_key: str
    sha256: str
    errors: tuple[ShapeError, ...]


class ExerciseAmount(WireModel):
    """An amount of one exercise, in euros."""

    exercise: Exercise
    amount: Money


class Report(WireModel):
    """Which of the three parts of a bilan were presented and conform [PLU-03, REP-08]."""

    qualitative: bool
    quantitative: bool
    financial: bool


class ActualCollectif(WireModel):
    """What became of one collectif: whether it ran, at what cost in euros, with which bonuses."""

    collectif_id: Id
    ran: bool
    actual_cost: StatedMoney
    bonus_done: Annotated[tuple[BonusKind, ...], Field(max_length=2)]

    @model_validator(mode="after")
    def _nothing_twice(self) -> Self:
        require_unique("bonus", members("bonus_done", self.bonus_done))
        return self


class Accounts(WireModel):
    """The accounts of one school year: its collectifs as they were, the budget as it was spent."""

    collectifs: Annotated[tuple[ActualCollectif, ...], Field(max_length=COLLECTIFS_MAX)]
    budget: Budget

    @model_validator(mode="after")
    def _no_collectif_twice(self) -> Self:
        require_unique("collectif_id", ids_of(self.collectifs))
        return self


class CafScoped(WireModel):
    """Anything that belongs to one Caf."""

    caf: CafCode


class DossierScoped(CafScoped):
    """Anything about one dossier of one Caf."""

    dossier_id: Id
