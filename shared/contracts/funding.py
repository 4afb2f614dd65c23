"""What funding publishes. Amounts are euros."""

from typing import Literal

from shared.contracts.base import Wire
from shared.contracts.common import DossierScoped, ExerciseAmount, Payee, Reason
from shared.contracts.types import Day, Exercise, Id, Money, SchoolYear, Text


class BaremeRegistered(Wire):
    """The bareme of a school year is known."""

    start_year: Exercise


class ConventionRegistered(DossierScoped):
    """The convention of a dossier is known."""


class PricedCollectif(Wire):
    """The price of one collectif before the 80 % cap."""

    collectif_id: Id
    cost: Money
    ps: Money
    bonus: Money


class Cap80(Wire):
    """The 80 % cap [COF-02]: ceiling, excess and what was cut; `reached` asks a person why."""

    ceiling: Money
    excess: Money
    cut_from_bonus: Money
    cut_from_ps: Money
    reached: bool


class BaremeSource(Wire):
    """The bareme that was applied."""

    start_year: Exercise
    source: Text


class EnvelopeCharge(ExerciseAmount):
    """What a grant takes from the envelope of one exercise."""

    status: Literal["unchecked", "reserved"]


class FundingGranted(DossierScoped):
    """What is due for one school year. Totals are after the cap, `collectifs` before it."""

    school_year: SchoolYear
    gestionnaire: Payee
    collectifs: tuple[PricedCollectif, ...]
    ps_total: Money
    bonus_total: Money
    bonus_enfants: Money
    bonus_parents: Money
    decided_on: Day
    part_n: Money
    part_n1: Money
    advance_ceiling_n: Money
    advance_ceiling_n1: Money
    cap80: Cap80
    bareme: BaremeSource
    envelopes: tuple[EnvelopeCharge, ...]


class FundingDeferred(DossierScoped):
    """A grant waits for something, said in its reasons."""

    school_year: SchoolYear
    reasons: tuple[Reason, ...]


class AdvanceGranted(DossierScoped):
    """An advance on one exercise may be paid."""

    school_year: SchoolYear
    order_id: Id
    exercise: Exercise
    amount: Money
    ordered_on: Day
    gestionnaire: Payee


class AdvanceRefused(DossierScoped):
    """An advance is refused; all reasons are listed."""

    school_year: SchoolYear
    order_id: Id
    exercise: Exercise
    reasons: tuple[Reason, ...]


class BaremeReleaseContinued(Wire):
    """Funding to itself: grant the next page of dossiers that waited for a bareme.

    `after` is the last dossier handled, empty at the start.
    """

    start_year: Exercise
    after: str
