"""The subsidies published for a civil year, and their rows."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.funding.exports.scdl import (
    Attribuant,
    Published,
    Scope,
    Subvention,
    select_subventions,
)
from services.funding.exports.scdl_layout import cells, csv_content, faults
from services.funding.rights import rights_of
from shared.contracts.base import WireModel
from tests.support import samples, settled
from tests.unit.report.published import rights_of_three_stories

CAF_76 = Attribuant(name="Caf de la Seine-Maritime", siret="78213456300017")
EVERYTHING = Scope(threshold=None)
BY_LAW = Scope(threshold=Decimal("23000.00"))
COMPANY = {"siret": "51234567900017", "name": "Soutien Plus", "kind": "entreprise"}


def of(*messages: WireModel, year: int = 2025, scope: Scope = EVERYTHING) -> Published:
    return select_subventions(rights_of(messages), year, scope)


def right(
    number: int = 1, *, ps: str = "2758.25", signed_on: str = "2025-10-20", **changes: Any
) -> tuple[WireModel, ...]:
    """Return an agrement, its right and its convention."""
    dossier = f"D-{number}"
    return (
        samples.agrement(dossier_id=dossier),
        samples.funding_granted(
            dossier_id=dossier,
            **{"ps_total": ps, "bonus_total": "0.00"} | changes,
        ),
        samples.convention(dossier_id=dossier, signed_on=signed_on),
    )


def dossiers(published: Published) -> list[str]:
    return [row.reference.partition(" ")[0] for row in published.rows]


def csv_of(published: Published) -> bytes:
    return csv_content(cells(row, CAF_76) for row in published.rows)


FIRST = (samples.agrement(), samples.funding_granted(), samples.convention())


def test_a_subsidy_is_ps_and_bonus_under_a_signed_convention() -> None:
    result = of(*FIRST)

    # 2 758,25 + 634,00.
    assert result.rows == (
        Subvention(
            convention_date=date(2025, 10, 20),
            reference="ELAN-2025-761-000001 2025-2026",
            beneficiary="Les Amis de l'école",
            beneficiary_siret="76573991749305",
            purpose="Contrat local d’accompagnement à la scolarité (Clas) 2025-2026"
            " – Un coup de pouce",
            amount=Decimal("3392.25"),
            in_parts=True,
            first_day=date(2025, 10, 20),
            last_day=date(2026, 12, 31),
        ),
    )


def test_what_has_no_convention_or_was_cancelled_is_not_published() -> None:
    assert of(*FIRST[:2]).rows == ()
    assert of(*FIRST, settled.funding_cancelled()).rows == ()
    assert of(*FIRST[:1], FIRST[2]).rows == ()


def test_an_amendment_is_said_with_what_is_left() -> None:
    (row,) = of(*FIRST, settled.funding_amended()).rows

    assert (row.amount, row.convention_date) == (Decimal("1300.00"), date(2025, 10, 20))


def test_a_right_that_is_worth_nothing_any_more_is_not_published() -> None:
    nothing = settled.funding_amended(ps_total="0.00")

    assert of(*FIRST, nothing).rows == ()


def test_advances_then_the_balance_are_its_period() -> None:
    advance = samples.advance_granted(ordered_on="2025-11-05")
    second = samples.advance_granted(order_id="ORD-2", ordered_on="2026-03-10")

    (running,) = of(*FIRST, second, advance).rows
    (done,) = of(*FIRST, advance, second, settled.balance_settled()).rows

    assert (running.first_day, running.last_day) == (date(2025, 11, 5), date(2026, 12, 31))
    assert (done.first_day, done.last_day) == (date(2025, 11, 5), date(2026, 9, 15))
    assert running.in_parts
    assert done.in_parts


def test_a_right_settled_without_any_advance_is_paid_once() -> None:
    (row,) = of(*FIRST, settled.balance_settled()).rows

    assert not row.in_parts
    assert (row.first_day, row.last_day) == (date(2026, 9, 15), date(2026, 9, 15))


def test_a_right_without_any_possible_advance_is_paid_once_on_a_day_not_known_yet() -> None:
    (row,) = of(*right(advance_ceiling_n="0.00", advance_ceiling_n1="0.00")).rows

    assert not row.in_parts
    assert (row.first_day, row.last_day) == (date(2025, 10, 20), date(2026, 12, 31))


def test_a_convention_signed_late_belongs_to_its_own_year() -> None:
    text = right(signed_on="2026-01-12")

    assert of(*text, year=2025).rows == ()
    assert dossiers(of(*text, year=2026)) == ["D-1"]


def test_a_period_never_ends_before_it_begins() -> None:
    (row,) = of(*right(signed_on="2027-02-01"), year=2027).rows

    assert (row.first_day, row.last_day) == (date(2027, 2, 1), date(2027, 2, 1))


def test_the_later_years_of_an_agrement_leave_the_first_file_as_it_was() -> None:
    later = samples.funding_granted(dossier_id="D-1", school_year="2026-2027")

    assert of(*right(), later, year=2025) == of(*right(), year=2025)
    assert [row.reference for row in of(*right(), later, year=2026).rows] == ["D-1 2026-2027"]


def test_rows_stand_by_day_then_dossier() -> None:
    text = (*right(2), *right(1), *right(3, signed_on="2025-10-10"))

    assert dossiers(of(*text)) == ["D-3", "D-1", "D-2"]


def test_by_law_a_subsidy_is_published_beyond_23_000_euros() -> None:
    assert of(*right(ps="23000.00"), scope=BY_LAW).rows == ()
    assert dossiers(of(*right(ps="23000.01"), scope=BY_LAW)) == ["D-1"]


def test_subsidies_of_one_body_count_together_within_twelve_months() -> None:
    same = {"siret": "78213456300025", "name": "Fédération", "kind": "association"}
    other = {**same, "siret": "78213456300017"}  # Another establishment of the same body.
    within = (
        *right(1, ps="12000.00", gestionnaire=same, signed_on="2025-11-03"),
        *right(2, ps="11000.01", gestionnaire=other, signed_on="2026-10-30"),
    )
    beyond = (*within[:3], *right(2, ps="11000.01", gestionnaire=other, signed_on="2026-11-02"))

    assert dossiers(of(*within, scope=BY_LAW)) == ["D-1"]
    assert dossiers(of(*within, scope=BY_LAW, year=2026)) == ["D-2"]
    assert of(*beyond, scope=BY_LAW).rows == of(*beyond, scope=BY_LAW, year=2026).rows == ()


def test_two_bodies_never_count_together() -> None:
    other = {"siret": samples.OTHER_SIRET, "name": "Autre", "kind": "association"}
    text = (*right(1, ps="12000.00"), *right(2, ps="12000.00", gestionnaire=other))

    assert of(*text, scope=BY_LAW).rows == ()


@pytest.mark.parametrize(
    ("kind", "by_law", "with_all"),
    [
        ("association", ["D-1"], ["D-1"]),
        ("centre_social", ["D-1"], ["D-1"]),
        ("commune", [], ["D-1"]),
        ("epci", [], ["D-1"]),
        ("ccas", [], ["D-1"]),
        ("caf", [], []),
    ],
)
def test_the_law_speaks_of_bodies_of_private_law(
    kind: str, by_law: list[str], with_all: list[str]
) -> None:
    text = right(ps="30000.00", gestionnaire__kind=kind)

    assert dossiers(of(*text, scope=BY_LAW)) == by_law
    assert dossiers(of(*text)) == with_all


@pytest.mark.parametrize("threshold", [None, Decimal("23000.00")])
def test_an_entreprise_is_withheld_until_it_is_known_to_be_no_person(
    threshold: Decimal | None,
) -> None:
    text = right(ps="30000.00", gestionnaire=COMPANY)

    unknown = of(*text, scope=Scope(threshold))
    names = of(*text, scope=Scope(threshold, frozenset({"512345679"})))

    assert (unknown.rows, unknown.withheld) == ((), ("D-1",))
    assert (dossiers(names), names.withheld) == (["D-1"], ())


def test_names_and_titles_are_one_line_of_at_most_256_characters() -> None:
    agrement = samples.agrement(dossier_id="D-1", project__title="Lire\n\tet " + "x" * 300)
    text = (agrement, *right(gestionnaire__name="Les Amis\nde l'école")[1:])

    (row,) = of(*text).rows

    assert row.beneficiary == "Les Amis de l'école"
    assert "2025-2026 – Lire et xxx" in row.purpose
    assert len(row.purpose) == 256


def test_the_file_of_three_lives_has_its_layout() -> None:
    result = select_subventions(rights_of_three_stories(), 2025, EVERYTHING)

    content = csv_of(result)

    assert faults(content) == ()
    lines = content.decode().split("\r\n")
    assert lines[0] == (
        "nomAttribuant,idAttribuant,dateConvention,referenceDecision,nomBeneficiaire,"
        "idBeneficiaire,objet,montant,nature,conditionsVersement,datesPeriodeVersement,idRAE,"
        "notificationUE,pourcentageSubvention"
    )
    assert len(lines) == 5
    # Life 01: Ps 2 758,25 and bonus 634,00; advances from 20 November, balance 15 September.
    assert lines[1].startswith("Caf de la Seine-Maritime,78213456300017,2025-1")
    assert ",3392.25,aide en numéraire,échelonné,2025-11-20/2026-09-15,,non,1.00" in lines[1]


def test_a_name_that_a_spreadsheet_would_run_is_made_inert() -> None:
    content = csv_of(of(*right(gestionnaire__name="=1+1")))

    assert ",'=1+1," in content.decode()
    assert faults(content) == ()


def test_the_same_lives_give_the_same_bytes() -> None:
    one, other = (csv_of(of(*FIRST)) for _ in range(2))

    assert one == other
