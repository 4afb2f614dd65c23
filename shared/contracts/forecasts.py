"""What funding publishes before the committee decides: the price of a dossier, in euros."""

from shared.contracts.base import WireModel
from shared.contracts.common import DossierScoped, Reason
from shared.contracts.eligibility import Verdict
from shared.contracts.funding import BaremeSource, Cap80, PricedCollectif
from shared.contracts.types import Exercise, Money, SchoolYear, SignedMoney


class ForecastEnvelope(WireModel):
    """What a forecast would take from one exercise, and what is there; nothing is reserved.

    `left` is what is allotted, less granted, waiting and this amount; null where nothing is
    allotted.
    """

    exercise: Exercise
    amount: Money
    allotted: Money | None
    granted: Money
    waiting: Money
    left: SignedMoney | None


class FundingForecast(DossierScoped):
    """The price of a dossier before the committee decides, whatever the verdict.

    It is the price if every collectif that is not ineligible were granted, with every bonus validly
    asked for. `remarks` are what a person must settle.
    """

    school_year: SchoolYear
    verdict: Verdict
    collectifs: tuple[PricedCollectif, ...]
    ps_total: Money
    bonus_total: Money
    part_n: Money
    part_n1: Money
    advance_ceiling_n: Money
    advance_ceiling_n1: Money
    cap80: Cap80
    bareme: BaremeSource
    envelopes: tuple[ForecastEnvelope, ...]
    remarks: tuple[Reason, ...]


class ForecastReleaseContinued(WireModel):
    """Funding to itself: publish the next page of forecasts that waited for a bareme.

    `after` is the last dossier handled, empty at the start.
    """

    start_year: Exercise
    after: str
