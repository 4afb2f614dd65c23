"""The rights as they were on a day, and the days from which their accounts are waited for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from services.funding.domain.agrement_amendments import as_amended, opening_of_accounts
from services.funding.right import Key, Right
from services.funding.rights import WANTED, Rights, rights_of
from shared.contracts.base import WireModel
from shared.contracts.elan import AnnualRenewalFiled, ResultAccountFiled
from shared.contracts.eligibility import AgrementAmended, AgrementContent
from shared.contracts.envelope import Envelope
from shared.contracts.funding import BalanceRefused
from shared.contracts.legal_dates import days_of_events

WANTED_WITH_REQUESTS: tuple[type[WireModel], ...] = (
    *WANTED,
    *(AnnualRenewalFiled, ResultAccountFiled),
)
"""The events of `rights_on_day`: those of rights, and the requests that date their answers."""


@dataclass(frozen=True, slots=True)
class RightsOnDay:
    """The rights as of a day; `amendments` of agrements by dossier.

    `refused_on` is the day of filing of the accounts that were refused last, by right.
    """

    rights: Rights
    amendments: Mapping[str, tuple[AgrementAmended, ...]]
    refused_on: Mapping[Key, date]

    def opening_of_accounts(self, right: Right) -> date:
        """Return the first day on which the accounts of a right are definitive [SOL-01]."""
        amendments = self.amendments.get(right.dossier_id, ())
        agrement = _in_year(self.rights.agrements[right.dossier_id], right.school_year)
        of_year = as_amended(agrement, amendments, right.school_year)
        return opening_of_accounts(of_year, amendments)


def rights_on_day(events: Iterable[Envelope], on: date | None = None) -> RightsOnDay:
    """Return the rights after the events that count on a day or before it, all for None."""
    events = tuple(events)
    days = days_of_events(events)
    past = [event for event in events if on is None or days[event.id] <= on]
    amendments: dict[str, tuple[AgrementAmended, ...]] = {}
    refused_on: dict[Key, date] = {}
    for event in past:
        data = event.data
        if isinstance(data, AgrementAmended):
            amendments[data.dossier_id] = (*amendments.get(data.dossier_id, ()), data)
        elif isinstance(data, BalanceRefused):
            refused_on[data.dossier_id, data.school_year] = days[event.id]
    return RightsOnDay(rights_of(event.data for event in past), amendments, refused_on)


def _in_year(agrement: AgrementContent, school_year: str) -> AgrementContent:
    """Return the agrement in a school year; only in its first one are the periods known."""
    if school_year == agrement.school_year:
        return agrement
    collectifs = (each.with_changes(starts_on=None, ends_on=None) for each in agrement.collectifs)
    return agrement.with_changes(school_year=school_year, collectifs=tuple(collectifs))
