"""How a Caf corrects what was decided: nothing is deleted, each correction has its legal ground."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.common import COLLECTIFS_MAX, DossierScoped, ids_of, members, require_unique
from shared.contracts.eligibility import AgrementContent
from shared.contracts.types import Day, Id, SchoolYear, Text, is_unset

AmendmentEffect = Literal["reduced", "withdrawn"]


class AgrementImported(AgrementContent):
    """An agrement older than the system, so that its renewals and REC-11 work.

    `reference` names where it was decided and kept before.
    """

    reference: Text

    @model_validator(mode="after")
    def _nothing_twice(self) -> Self:
        require_unique("collectif_id", ids_of(self.collectifs))
        granted = (
            (f"collectifs.{rank}.{path}", f"{kind} {collectif.collectif_id}")
            for rank, collectif in enumerate(self.collectifs)
            for path, kind in members("bonuses", collectif.bonuses)
        )
        require_unique("bonus", granted)
        return self


class AmendmentDecided(DossierScoped):
    """A Caf reduces an agrement to some of its collectifs, or withdraws it.

    It holds from `from_school_year` on; `collectifs` are those that stay, none when withdrawn. With
    `ended_on` what it takes away stopped on that day: the right of that school year is not
    cancelled, definitive accounts may come from the next day [SOL-01].
    """

    amendment_id: Id
    decided_on: Day
    decided_by: Text | None = None
    effect: AmendmentEffect
    from_school_year: SchoolYear
    ended_on: Annotated[Day | None, Field(exclude_if=is_unset)] = None
    collectifs: Annotated[tuple[Id, ...], Field(max_length=COLLECTIFS_MAX)]
    legal_ground: Text
    motive: Text

    @model_validator(mode="after")
    def _nothing_twice(self) -> Self:
        require_unique("collectif_id", members("collectifs", self.collectifs))
        return self


class FundingCancellationOrdered(DossierScoped):
    """A Caf cancels a right that will never be settled."""

    school_year: SchoolYear
    ordered_on: Day
    ordered_by: Text | None = None
    legal_ground: Text
    motive: Text


class AdvanceReversalOrdered(DossierScoped):
    """A Caf reverses an advance that was granted by mistake."""

    school_year: SchoolYear
    reversal_id: Id
    order_id: Id
    ordered_on: Day
    ordered_by: Text | None = None
    motive: Text
