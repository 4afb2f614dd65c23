"""The bonuses of a school year: granted, paid, and in the workbook."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from services.funding.exports.bonus import Bonuses, Project, bonus_rows
from services.funding.exports.bonus_xlsx import BonusHeader, write_bonuses
from services.funding.rights import rights_of
from shared.contracts.base import WireModel
from shared.exports.error_list import UnrepresentableContentError
from tests.support.office import computed
from tests.support.samples import CAF, DOSSIER, SCHOOL_YEAR, SIRET, agrement, funding_granted
from tests.support.settled import (
    adjustment_decided,
    balance_settled,
    funding_amended,
    funding_cancelled,
)

NOTHING = Bonuses()
BOTH = Bonuses(Decimal("329.00"), Decimal("305.00"))


def projects(*messages: WireModel, school_year: str = SCHOOL_YEAR) -> list[Project]:
    return list(bonus_rows(rights_of((agrement(), *messages)), school_year))


def only(*messages: WireModel) -> Project:
    (project,) = projects(*messages)
    return project


def test_before_the_balance_a_bonus_is_granted_and_not_paid() -> None:
    assert only(funding_granted()) == Project(
        caf=CAF,
        gestionnaire="Les Amis de l'école",
        siret=SIRET,
        dossier_id=DOSSIER,
        title="Un coup de pouce",
        collectifs=1,
        situation="solde attendu",
        granted=BOTH,
        paid=NOTHING,
    )


def test_the_balance_pays_what_was_done() -> None:
    settled = balance_settled(
        final_bonus="305.00", final_bonus_enfants="0.00", final_bonus_parents="305.00"
    )
    result = only(funding_granted(), settled)
    assert (result.granted, result.paid) == (BOTH, Bonuses(parents=Decimal("305.00")))
    assert result.situation == "soldé"


def test_controls_change_what_is_paid() -> None:
    parts = {"part_n": "0.00", "part_n1": "0.00"}
    first = adjustment_decided(
        components={**parts, "bonus_enfants": "-329.00", "bonus_parents": "0.00"}
    )
    second = adjustment_decided(
        control_id="CONTROLE-2",
        components={**parts, "bonus_enfants": "100.00", "bonus_parents": "-5.00"},
    )
    result = only(funding_granted(), balance_settled(), first, second)
    assert result.paid == Bonuses(Decimal("100.00"), Decimal("300.00"))
    assert (result.granted, result.situation) == (BOTH, "soldé et contrôlé")


def test_an_amendment_says_what_is_granted_now() -> None:
    assert only(funding_granted(), funding_amended()).granted == NOTHING


def test_a_cancelled_right_stays_in_sight_and_counts_no_more() -> None:
    result = only(funding_granted(), funding_cancelled())
    assert (result.situation, result.collectifs) == ("annulé", 0)
    assert (result.granted, result.paid) == (NOTHING, NOTHING)


def test_another_school_year_and_a_project_that_is_not_funded_are_not_there() -> None:
    assert projects(funding_granted(), school_year="2026-2027") == []
    assert projects() == []


TWO_CAFS = (
    Project("011", "=Régie", SIRET, "A", "Lire", 2, "soldé", BOTH, BOTH),
    Project("761", "Lire", SIRET, "B", "Écrire", 1, "solde attendu", BOTH, NOTHING),
    Project("761", "Lire", SIRET, "C", "Parler", 3, "soldé", BOTH, Bonuses(parents=BOTH.parents)),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "bonus.xlsx"
    write_bonuses(path, TWO_CAFS, BonusHeader(SCHOOL_YEAR, None, 2))
    return path


def rows(path: Path, sheet: str, *, values: bool = True) -> list[tuple[Any, ...]]:
    result = load_workbook(path, data_only=values)[sheet]
    return list(result.iter_rows(min_row=4, values_only=True))


def test_the_workbook_has_a_row_for_each_project_under_its_titles(path: Path) -> None:
    titles, first, *_ = rows(path, "Bonus")
    assert titles == (
        *("Caf", "Gestionnaire", "SIRET", "Dossier", "Projet", "Situation", "Collectifs"),
        *("Bonus enfants accordé", "Bonus enfants versé"),
        *("Bonus parents accordé", "Bonus parents versé"),
    )
    assert first == ("011", "=Régie", SIRET, "A", "Lire", "soldé", 2, 329, 329, 305, 305)
    book = load_workbook(path)
    assert book["Bonus"]["B5"].data_type == book["Bonus"]["C5"].data_type == "s"
    assert book["Bonus"].auto_filter.ref == "A4:K7"
    assert book["Bonus"]["A1"].value == "Bonus – Clas, année scolaire 2025-2026, toutes les Caf"
    assert book["Bonus"]["A2"].value == "Lot n° 2 : 3 projets, 2 Caf."


def test_its_totals_are_formulas_that_hold_what_they_come_to(path: Path) -> None:
    total = ("Total des lignes affichées", None, 6, 987, 329, 915, 610)
    assert rows(path, "Bonus")[4][4:] == total
    assert rows(path, "Bonus", values=False)[4][8] == "=SUBTOTAL(109,$I$5:$I$7)"
    assert rows(path, "Totaux par Caf")[1:] == [
        ("011", 1, 2, 329, 329, 305, 305),
        ("761", 2, 4, 658, 0, 610, 305),
        ("Total", 3, 6, 987, 329, 915, 610),
    ]
    _, caf, *_, all_of_them = rows(path, "Totaux par Caf", values=False)
    assert caf[1] == "=COUNTIFS('Bonus'!$A$5:$A$7,A5)"
    assert caf[4] == "=SUMIFS('Bonus'!$I$5:$I$7,'Bonus'!$A$5:$A$7,A5)"
    assert all_of_them[4] == "=SUM($E$5:$E$6)"


def test_it_says_what_granted_and_paid_mean(path: Path) -> None:
    notes = [row[0] for row in rows(path, "Bonus")[6:]]
    assert [note.partition(" : ")[0] for note in notes[:2]] == ["Accordé", "Versé"]


@pytest.mark.office
def test_libreoffice_computes_the_same_totals(path: Path) -> None:
    result = computed(path, path.parent / "office")
    assert rows(result, "Totaux par Caf")[1:] == [
        ("011", 1, 2, 329, 329, 305, 305),
        ("761", 2, 4, 658, 0, 610, 305),
        ("Total", 3, 6, 987, 329, 915, 610),
    ]
    assert rows(result, "Bonus")[4][6:] == (6, 987, 329, 915, 610)


def test_the_same_rows_give_the_same_bytes_and_leave_nothing_else(path: Path) -> None:
    again = path.with_name("again.xlsx")
    write_bonuses(again, TWO_CAFS, BonusHeader(SCHOOL_YEAR, None, 2))
    assert again.read_bytes() == path.read_bytes()
    assert sorted(path.parent.iterdir()) == [again, path]


def test_amounts_that_a_spreadsheet_does_not_hold_are_refused(tmp_path: Path) -> None:
    great = Bonuses(Decimal("10000000000000.00"))
    row = Project("761", "Lire", SIRET, "B", "Écrire", 1, "soldé", great, NOTHING)
    with pytest.raises(UnrepresentableContentError, match="Exporter Caf par Caf"):
        write_bonuses(tmp_path / "bonus.xlsx", [row], BonusHeader(SCHOOL_YEAR, "761", 1))
    assert list(tmp_path.iterdir()) == []
