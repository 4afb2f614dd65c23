"""Pieces that several producers share, and the two answers that any service may give."""

from typing import Annotated

from pydantic import Field

from shared.contracts.base import Wire
from shared.contracts.types import (
    LIST_LENGTH_MAX,
    CafCode,
    Exercise,
    GestionnaireKind,
    Id,
    Money,
    Rule,
    SchoolLevel,
    Siret,
    Text,
)

Texts = Annotated[tuple[Text, ...], Field(max_length=LIST_LENGTH_MAX)]


class Reason(Wire):
    """Why something was refused: the rule's id and a French sentence for a person."""

    rule: Rule
    message: Text


class Ground(Reason):
    """A reason with the value that was observed."""

    observed: Text


class Resource(Wire):
    """One funder's contribution to a project's budget, in euros."""

    funder: Text
    branche_famille: bool
    amount: Money


class Budget(Wire):
    """The yearly budget of the whole project, in euros."""

    total_annual_cost: Money
    resources: Annotated[tuple[Resource, ...], Field(max_length=LIST_LENGTH_MAX)]


class Payee(Wire):
    """The gestionnaire as funding and accounting need it: whom to pay."""

    siret: Siret
    name: Text
    kind: GestionnaireKind


class ProjectSummary(Wire):
    """What a granted project is, in short."""

    title: Text
    school_level: SchoolLevel
    communes: Texts


class Cause(Wire):
    """The event that made something happen."""

    id: str
    type: str


class ShapeError(Wire):
    """One fault of form: the path in the message and what is wrong there."""

    path: str
    message: str


class RequestRefused(Wire):
    """A well-formed request without a refusal event of its own is refused."""

    event_id: str
    event_type: str
    caf: CafCode | None
    reasons: tuple[Reason, ...]


class MessageRefused(Wire):
    """A message could not be handled; it lies in the dead letters of `queue`."""

    event_id: str | None
    event_type: str | None
    caf: CafCode | None
    dossier_id: str | None
    queue: str
    routing_key: str
    sha256: str
    errors: tuple[ShapeError, ...]


class ExerciseAmount(Wire):
    """An amount of one exercise, in euros."""

    exercise: Exercise
    amount: Money


class CafScoped(Wire):
    """Anything that belongs to one Caf."""

    caf: CafCode


class DossierScoped(CafScoped):
    """Anything about one dossier of one Caf."""

    dossier_id: Id
