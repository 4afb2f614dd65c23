"""Envelopes by exercise: allotted, granted, settled since, waiting, left; and the waiting list."""

from datetime import date
from decimal import Decimal

import pytest

from services.funding.domain.envelopes import Envelopes
from services.funding.reports.envelopes import envelopes, settled_by_exercise, waiting_list
from services.funding.rights import rights_of
from services.funding.service import SERVICE
from shared.console.tables import Sheet, print_sheet
from tests.support import life, samples, settled
from tests.support.decide import Story
from tests.unit.report.published import CAF, rights_of_three_stories


def envelopes_with_one_grant_and_one_waiting() -> Envelopes:
    """1 500,00 for 2025: the first grant takes 1 103,30, the second would too and waits."""
    story = Story(SERVICE)
    story.when(life.envelope_allotted(amount="1500.00"))
    story.when(samples.agrement())
    story.when(samples.agrement(dossier_id=samples.OTHER_DOSSIER))
    return story.get(Envelopes, CAF)


def test_each_exercise_shows_its_charges_and_what_is_left() -> None:
    state = envelopes_with_one_grant_and_one_waiting()

    assert envelopes(state, rights_of((settled.balance_settled(),))).rows == (
        (
            *("2025", Decimal("1500.00"), Decimal("1103.30"), Decimal("1103.30")),
            *(1, Decimal("1103.30"), Decimal("396.70")),
        ),
        (
            *("2026", "non limité", Decimal("2288.95"), Decimal("2288.95")),
            *(1, Decimal("2288.95"), None),
        ),
    )
    assert [row[0] for row in envelopes(state, rights_of(()), 2026).rows] == ["2026"]


def test_the_waiting_list_is_in_the_order_of_service() -> None:
    state = envelopes_with_one_grant_and_one_waiting()
    other = samples.agrement(dossier_id=samples.OTHER_DOSSIER)

    head = ("1", samples.OTHER_DOSSIER, "Les Amis de l'école", "2025-2026", date(2025, 10, 2))
    assert waiting_list(state, rights_of((other,))).rows == (
        (*head, "2025", Decimal("1103.30")),
        (*head, "2026", Decimal("2288.95")),
    )
    assert waiting_list(state, rights_of(()), 2027).rows == ()


def test_settled_amounts_are_by_exercise_with_the_controls() -> None:
    # 1 103,30 + 260,00 + 910,00 and a rappel of 78,00; then 1 654,95 + 634,00 + 390,00 + 1 365,00
    # and 117,00.
    assert settled_by_exercise(rights_of_three_stories()) == {
        2025: Decimal("2351.30"),
        2026: Decimal("4160.95"),
    }


def test_an_exercise_is_printed_as_a_year_and_a_count_with_its_separator(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_sheet(Sheet("T", ("Exercice", "Enfants"), (("2025", 1201),)))

    assert "2025        1\u202f201\n" in capsys.readouterr().out
