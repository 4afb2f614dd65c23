"""What funding publishes. Amounts are euros."""

from typing import Literal

from shared.contracts.base import WireModel
from shared.contracts.common import (
    CafScoped,
    DossierScoped,
    ExerciseAmount,
    Payee,
    Reason,
    Texts,
)
from shared.contracts.types import (
    Day,
    Exercise,
    Id,
    Money,
    PublicText,
    SchoolYear,
    SignedMoney,
    Text,
)

ChargeStatus = Literal["unchecked", "reserved"]
AdjustmentKind = Literal["rappel", "indu", "none"]


class BaremeRegistered(WireModel):
    """The bareme of a school year is known."""

    start_year: Exercise


class ConventionRegistered(DossierScoped):
    """The convention of a dossier is known; `remarks`: it was signed before the decision."""

    remarks: tuple[Reason, ...] = ()


class EnvelopeRegistered(CafScoped):
    """The envelope of a Caf and exercise is known, with the total that counts now, in euros.

    `superseded`: a later allotment counts, and the one answered to changes nothing.
    """

    exercise: Exercise
    superseded: bool = False
    amount: Money | None = None


class PricedCollectif(WireModel):
    """The price of one collectif before the 80 % cap."""

    collectif_id: Id
    cost: Money
    ps: Money
    bonus: Money


class Cap80(WireModel):
    """The 80 % cap [COF-02]: ceiling, excess and what was cut; `reached` asks a person why."""

    ceiling: Money
    excess: Money
    cut_from_bonus: Money
    cut_from_ps: Money
    reached: bool


class BaremeSource(WireModel):
    """The bareme that was applied."""

    start_year: Exercise
    source: PublicText


class EnvelopeCharge(ExerciseAmount):
    """What a grant takes from the envelope of one exercise."""

    status: ChargeStatus


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
    remarks: tuple[Reason, ...] = ()


class FundingDeferred(DossierScoped):
    """A grant waits for something, said in its reasons."""

    school_year: SchoolYear
    reasons: tuple[Reason, ...]


class FundingRefused(DossierScoped):
    """A school year of an agrement is not funded; all reasons are listed."""

    school_year: SchoolYear
    reasons: tuple[Reason, ...]


class FundingAmended(FundingGranted):
    """What is due after an amendment of the agrement, whole: it replaces what was due before.

    `rank` counts the amendments of this school year from 1: the highest one counts.
    """

    amendment_id: Id
    amended_on: Day
    rank: int


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


class AdvanceReversed(DossierScoped):
    """An advance granted by mistake is taken back whole: its entry gets an opposite one."""

    school_year: SchoolYear
    reversal_id: Id
    order_id: Id
    exercise: Exercise
    amount: Money
    reversed_on: Day
    motive: Text
    gestionnaire: Payee


class AdvanceReversalRefused(DossierScoped):
    """An advance is not reversed; all reasons are listed."""

    school_year: SchoolYear
    reversal_id: Id
    reasons: tuple[Reason, ...]


class SettledCollectif(PricedCollectif):
    """A granted collectif as the accounts tell it, before the 80 % cap."""

    ran: bool


class BalanceSettled(DossierScoped):
    """What was due for one school year, from its definitive accounts; totals after the cap.

    `net` is informative; `indus` are what is to be recovered, by exercise, never netted.
    """

    school_year: SchoolYear
    settled_on: Day
    gestionnaire: Payee
    final_ps: Money
    final_part_n: Money
    final_part_n1: Money
    final_bonus: Money
    final_bonus_enfants: Money
    final_bonus_parents: Money
    collectifs: tuple[SettledCollectif, ...]
    advances_n: Money
    advances_n1: Money
    net: SignedMoney
    indus: tuple[ExerciseAmount, ...]
    cap80: Cap80


class BalanceRefused(DossierScoped):
    """The accounts do not settle the balance; all reasons are listed."""

    school_year: SchoolYear
    reasons: tuple[Reason, ...]


class FundingCancelled(DossierScoped):
    """A right that will never be settled is cancelled, as if nothing had run."""

    school_year: SchoolYear
    cancelled_on: Day
    gestionnaire: Payee
    advances_n: Money
    advances_n1: Money
    indus: tuple[ExerciseAmount, ...]
    legal_ground: Text
    motive: Text


class CancellationRefused(DossierScoped):
    """A right is not cancelled; all reasons are listed."""

    school_year: SchoolYear
    reasons: tuple[Reason, ...]


class SignedExerciseAmount(WireModel):
    """A difference of one exercise, in euros, either sign."""

    exercise: Exercise
    amount: SignedMoney


class AdjustmentComponents(WireModel):
    """What a control changes, in euros, either sign."""

    part_n: SignedMoney
    part_n1: SignedMoney
    bonus_enfants: SignedMoney
    bonus_parents: SignedMoney


class AdjustmentDecided(DossierScoped):
    """What a control changes against the last decided amounts: `by_origin` has N, then N+1."""

    school_year: SchoolYear
    control_id: Id
    decided_on: Day
    kind: AdjustmentKind
    amount: SignedMoney
    by_origin: tuple[SignedExerciseAmount, ...]
    components: AdjustmentComponents
    measures: Texts
    gestionnaire: Payee


class AdjustmentRefused(DossierScoped):
    """A control does not lead to a decision; the reason that applies first."""

    school_year: SchoolYear
    control_id: Id
    reasons: tuple[Reason, ...]


class EnvelopeReleaseContinued(CafScoped):
    """Funding to itself: publish the next grants that the envelopes of a Caf let in.

    `release` counts the times that waiting grants were let in, `page` its pages, from 1.
    """

    release: int
    page: int


class BaremeReleaseContinued(WireModel):
    """Funding to itself: grant the next page of dossiers that waited for a bareme.

    `after` is decision date and dossier of the last grant handled, empty at the start.
    """

    start_year: Exercise
    after: str
