"""Envelopes by exercise: allotted, granted, settled since, waiting, left; and the waiting list."""

from datetime import date
from decimal import Decimal

from services.funding.domain.envelopes import Envelopes
from services.funding.reports.envelopes import envelopes, settled_by_exercise, waiting_list
from services.funding.rights import rights_of
from services.funding.service import SERVICE
from tests.support import life, samples, settled
from tests.support.decide import Story
from tests.unit.report.published import CAF, events, three_lives


def after_one_that_fits_and_one_that_does_not() -> Envelopes:
    """1 500,00 for 2025: the first grant takes 1 103,30, the second would too and waits."""
    told = Story(SERVICE)
    told.when(life.envelope_allotted(amount="1500.00"))
    told.when(samples.agrement())
    told.when(samples.agrement(dossier_id=samples.OTHER_DOSSIER))
    return told.get(Envelopes, CAF)


def test_each_exercise_shows_what_it_bears_and_what_is_left() -> None:
    found = after_one_that_fits_and_one_that_does_not()

    assert envelopes(found, rights_of(events(settled.balance_settled()))).rows == (
        (
            *("2025", Decimal("1500.00"), Decimal("1103.30"), Decimal("1103.30")),
            *(1, Decimal("1103.30"), Decimal("396.70")),
        ),
        (
            *("2026", "non limité", Decimal("2288.95"), Decimal("2288.95")),
            *(1, Decimal("2288.95"), None),
        ),
    )
    assert [row[0] for row in envelopes(found, rights_of(()), 2026).rows] == ["2026"]


def test_those_who_wait_stand_in_the_order_they_are_served() -> None:
    found = after_one_that_fits_and_one_that_does_not()
    other = samples.agrement(dossier_id=samples.OTHER_DOSSIER)

    head = ("1", samples.OTHER_DOSSIER, "Les Amis de l'école", "2025-2026", date(2025, 10, 2))
    assert waiting_list(found, rights_of(events(other))).rows == (
        (*head, 2025, Decimal("1103.30")),
        (*head, 2026, Decimal("2288.95")),
    )
    assert waiting_list(found, rights_of(()), 2027).rows == ()


def test_what_is_settled_goes_to_its_exercises_with_the_controls() -> None:
    # 1 103,30 + 260,00 + 910,00 and a rappel of 78,00; then 1 654,95 + 634,00 + 390,00 + 1 365,00
    # and 117,00.
    assert settled_by_exercise(rights_of(three_lives())) == {
        2025: Decimal("2351.30"),
        2026: Decimal("4160.95"),
    }
