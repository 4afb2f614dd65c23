"""Departmental report and accruals, on three stories of the contract."""

from datetime import date
from decimal import Decimal

from services.funding.reports.accruals import accruals, booked
from services.funding.reports.bilans import bilans
from services.funding.reports.departement import departement
from services.funding.rights import rights_of
from shared.contracts.accounting import AccountingEntryPosted
from shared.contracts.common import Reason
from shared.contracts.funding import BalanceRefused
from shared.kernel.published_events import PublishedEvents
from tests.support import samples, settled
from tests.unit.report.published import CAF, rights_of_three_stories, three_stories

YEAR = "2025-2026"
FIRST, NINTH, TENTH = (f"ELAN-2025-761-0000{number}" for number in ("01", "09", "10"))


def test_the_departmental_report_adds_up_three_stories_by_level() -> None:
    """REP-09: gestionnaires, projects, collectifs, children and amounts."""
    report = departement(rights_of_three_stories(), CAF, YEAR)

    # Ps 2 758,25 + 2 600,00 + 2 600,00; advances 772,31 + 1 158,46 + 728,00; settled
    # 2 758,25 + 634,00, then 650,00, then 2 275,00 and a rappel of 195,00.
    assert report.rows == (
        (
            *("élémentaire", 3, 3, 3, 30, Decimal("7958.25"), Decimal("634.00")),
            *(Decimal("2658.77"), Decimal("6512.25"), 0),
        ),
    )
    assert report.total == ("Total", *report.rows[0][1:])


def test_levels_stand_apart_and_a_gestionnaire_counts_once_in_the_whole() -> None:
    college = samples.agrement(dossier_id=samples.OTHER_DOSSIER, project__school_level="college")
    of_both = rights_of(
        (
            samples.agrement(),
            college,
            samples.funding_granted(),
            samples.funding_granted(dossier_id=samples.OTHER_DOSSIER),
        )
    )

    report = departement(of_both, CAF, YEAR)

    assert [row[:5] for row in (*report.rows, report.total)] == [
        ("élémentaire", 1, 1, 1, 10),
        ("collège", 1, 1, 1, 10),
        ("Total", 1, 2, 2, 20),
    ]


def test_what_waits_is_counted_apart_and_what_is_cancelled_nowhere() -> None:
    data = (samples.agrement(), samples.funding_granted(), settled.funding_cancelled())

    assert departement(rights_of(data), CAF, YEAR).total[2] == 0
    assert departement(rights_of(data[:2]), CAF, "2026-2027").rows == ()


def test_an_amendment_replaces_what_was_granted_and_a_reversal_what_was_advanced() -> None:
    data = (
        samples.agrement(),
        samples.funding_granted(),
        samples.advance_granted(),
        settled.funding_amended(),
        settled.advance_reversed(),
    )

    assert departement(rights_of(data), CAF, YEAR).total[5:8] == (
        Decimal("1300.00"),
        Decimal("0.00"),
        Decimal("0.00"),
    )


def test_accruals_are_compared_with_what_was_then_due_for_the_exercise() -> None:
    entries = PublishedEvents(three_stories()).of_type(AccountingEntryPosted)
    books = booked(entries, 2025)

    report = accruals(rights_of_three_stories(), books, CAF, 2025)

    # Part N, advances, accrual, then due, difference: 09 ran for a quarter, 10 for 7/8.
    assert [(row[0], *row[2:7]) for row in report.rows] == [
        (FIRST, *amounts("1103.30", "772.31", "330.99", "330.99", "0.00")),
        (NINTH, *amounts("1040.00", "728.00", "312.00", "0.00", "312.00")),
        (TENTH, *amounts("1040.00", "0.00", "1040.00", "910.00", "130.00")),
    ]
    assert report.total[2:7] == amounts("3183.30", "1500.31", "1682.99", "1240.99", "442.00")
    assert {row[7] for row in report.rows} == {"soldé le 15/09/2026"}


def test_before_the_accounts_there_is_nothing_to_compare() -> None:
    rights = rights_of((samples.agrement(), samples.funding_granted()))

    (row,) = accruals(rights, {}, CAF, 2025).rows

    assert row[4:] == (Decimal("0.00"), None, None, "comptes attendus")


def amounts(*of_row: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, of_row))


def test_bilans_are_received_late_due_or_missing() -> None:
    """REP-01, REP-02 and CAL-04: due by 31 August, and the accounts within the year."""
    data = (samples.agrement(), samples.funding_granted())
    granted = rights_of(data)
    nothing: dict[str, date] = {}
    on_time = {samples.SIRET: date(2026, 8, 31)}
    late = {samples.SIRET: date(2026, 9, 1)}

    def states(interim: dict[str, date], on: date) -> list[object]:
        return [row[-1] for row in bilans(granted, interim, CAF, YEAR, on).rows]

    assert states(nothing, date(2026, 8, 31)) == ["attendu", "attendu"]
    assert states(nothing, date(2026, 9, 1)) == ["manquant", "attendu"]
    assert states(on_time, date(2026, 9, 1)) == ["reçu", "attendu"]
    assert states(late, date(2026, 8, 31)) == ["attendu", "attendu"]
    assert states(late, date(2027, 1, 1)) == ["reçu en retard", "manquant"]


def test_accounts_that_settle_are_received_and_those_refused_are_still_due() -> None:
    granted = (samples.agrement(), samples.funding_granted())
    refusal = BalanceRefused(
        caf=CAF,
        dossier_id=samples.DOSSIER,
        school_year=YEAR,
        reasons=(Reason(rule="SOL-03", message="Le bilan financier manque."),),
    )
    on = date(2026, 10, 1)

    refused = bilans(rights_of((*granted, refusal)), {}, CAF, YEAR, on)
    accepted = bilans(rights_of((*granted, refusal, settled.balance_settled())), {}, CAF, YEAR, on)

    assert refused.rows[1][-2:] == (None, "attendu ; refusés (SOL-03)")
    assert accepted.rows[1][-3:] == (date(2026, 12, 31), date(2026, 9, 15), "reçu")
    assert accepted.notes == ("reçu : 1, reçu en retard : 0, attendu : 0, manquant : 1",)
