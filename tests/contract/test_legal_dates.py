"""The day that counts for an event: each that states a day has one, or none of its days counts."""

from datetime import date
from typing import Any, get_args

from pydantic import AwareDatetime

from shared.contracts.legal_dates import FIELDS, legal_date
from shared.contracts.registry import EVENTS
from tests.support import samples

A_PERIOD = {"CampaignOpened", "CampaignRegistered"}
TO_COME = {"ComplementsOrdered", "ComplementsRequested", "DossierReopened"}
"""Their only day is the one by which something is expected."""


def test_every_event_with_a_day_has_the_one_that_counts() -> None:
    days = {spec.name: days_of(spec.model) for spec in EVENTS}
    without = {name for name, fields in days.items() if fields and not fields & {*FIELDS}}

    assert without == A_PERIOD | TO_COME
    assert set().union(*days.values()) >= {*FIELDS}


def test_where_several_days_count_the_one_of_the_event_does() -> None:
    several = {
        spec.name: [each for each in FIELDS if each in days_of(spec.model)] for spec in EVENTS
    }

    assert {name: fields[0] for name, fields in several.items() if len(fields) > 1} == {
        "DossierSubmitted": "signed_at",
        "DossierReceived": "deposited_on",
        "FundingAmended": "amended_on",
    }


def test_an_instant_counts_on_its_day_in_paris() -> None:
    late = samples.dossier(signed_at="2025-07-10T23:30:00Z")

    assert legal_date(late) == date(2025, 7, 11)
    assert legal_date(samples.campaign()) is None


def days_of(model: Any) -> set[str]:
    """Return the names of the fields of an event that hold a day or an instant."""
    return {name for name, field in model.model_fields.items() if holds_a_day(field.annotation)}


def holds_a_day(annotation: Any) -> bool:
    return annotation in {date, AwareDatetime} or any(map(holds_a_day, get_args(annotation)))
