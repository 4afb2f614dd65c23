"""The services and the second calculator agree, and the second calculator is one."""

import ast
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.oracle import applications, committee, forecasts, intake, referentiel
from tests.oracle.__main__ import PER_SEED, chunk
from tests.oracle.answers import answers_on_dossiers
from tests.oracle.books import Books
from tests.oracle.compare import compare_dossiers, compare_life, counted, expected
from tests.oracle.lives import Life, life
from tests.oracle.outcomes import OF_DOSSIERS, OF_RIGHTS
from tests.oracle.past import Fact
from tests.oracle.prices import KNOWN_BAREMES, award

CALCULATOR = (
    "wire",
    "prices",
    "past",
    "forecasts",
    "grants",
    "rights",
    "referentiel",
    "intake",
    "committee",
    "answers",
    "books",
    "lives",
    "years",
    "draws",
    "applications",
    "projects",
    "sittings",
    "slips",
)
CHUNK = 250
CHUNKS = 4
FLOOR = 3
"""How often each answer happens at least, so that what it depends on is drawn more than once."""
ALLOWED = {
    "collections",
    "collections.abc",
    "datetime",
    "random",
    "typing",
    "zoneinfo",
    *(f"tests.oracle.{name}" for name in CALCULATOR),
    "tests.oracle",
}


@pytest.mark.parametrize("rank", range(CHUNKS))
def test_no_difference_in_random_lives(rank: int) -> None:
    _, differences, _ = chunk(PER_SEED + rank * CHUNK, CHUNK)

    assert not differences, "\n".join(map(str, differences[:3]))


def test_random_lives_meet_every_answer_entry_and_refusal() -> None:
    seen = Counter(
        name
        for seed in range(PER_SEED, PER_SEED + 1_500)
        for _, facts, rows, closings in expected(life(seed))
        for name in counted(facts, rows, closings)
    )

    assert {name: seen[name] for name in OF_RIGHTS if seen[name] < FLOOR} == {}


def test_random_dossiers_meet_every_answer_finding_and_remark() -> None:
    seen = Counter(
        name
        for seed in range(PER_SEED, PER_SEED + 1_500)
        for facts in answers_on_dossiers(applications.life(seed))
        for name in counted(facts, [], [])
    )

    assert {name: seen[name] for name in OF_DOSSIERS if seen[name] < FLOOR} == {}


@pytest.mark.parametrize("name", CALCULATOR)
def test_the_calculator_shares_no_code_with_what_it_checks(name: str) -> None:
    tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8"))

    imported = {
        module
        for node in ast.walk(tree)
        for module in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert imported <= ALLOWED


def test_the_calculator_prices_the_worked_example() -> None:
    worth = award([("C1", 900_000, frozenset({"enfants", "parents"}))], 900_000, 0, BAREME)

    assert (worth.ps, worth.parts, worth.ceilings) == (275825, (110330, 165495), (77231, 115846))
    assert (worth.enfants, worth.parents, worth.cap) == (32900, 30500, (720000, 0, 0, 0, False))


def test_the_calculator_cuts_the_bonuses_first_then_the_ps() -> None:
    both = [("C1", 100_000, frozenset({"enfants", "parents"}))]

    cut = award(both, 100_000, 10_000, BAREME)
    nothing_left = award(both, 100_000, 75_000, BAREME)

    assert (cut.ps, cut.bonus, cut.cap) == (32500, 37500, (80000, 25900, 25900, 0, True))
    assert (nothing_left.ps, nothing_left.bonus) == (5000, 0)
    assert nothing_left.cap == (80000, 90900, 63400, 27500, True)


def test_the_calculator_books_the_worked_example() -> None:
    books = Books()
    right = ("D1", 2025)
    payee = {"siret": "51037643738412", "kind": "association"}
    record(books, payee, "FundingGranted", parts=(110330, 165495))
    record(books, payee, "AdvanceGranted", **advance("A1", 2025, 77231, "2025-11-20"))
    books.close({"exercise": 2025, "closed_on": "2026-01-31"})
    record(books, payee, "AdvanceGranted", **advance("A2", 2026, 115846, "2026-03-10"))
    settled = {"advances": (77231, 115846), "parts": (110330, 165495), "bonus": 63400}
    record(books, payee, "BalanceSettled", **settled, on="2026-09-15")
    books.close({"exercise": 2026, "closed_on": "2027-01-31"})

    assert [(row.kind, row.exercise, row.period) for row in books.rows] == [
        ("advance", 2025, 11),
        ("accrual", 2025, 13),
        ("commitment", 2025, 13),
        ("advance", 2026, 3),
        ("balance", 2026, 9),
        ("commitment_reversal", 2026, 12),
    ]
    assert books.rows[1].lines == (
        ("SF", "6562322410", 33099, 0, 2025, "81512214"),
        ("T", "408143111", 0, 33099, None, None),
    )
    assert books.rows[4].lines == (
        ("SF", "6562322410", 113049, 0, 2026, "81512214"),
        ("T", "408143111", 33099, 0, None, None),
        ("T", "467", 0, 146148, None, None),
    )
    assert {row.right for row in books.rows} == {right}


def test_one_cent_of_difference_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    plafond, most, enfants, parents = BAREME
    monkeypatch.setitem(KNOWN_BAREMES, 2025, (plafond, most - 1, enfants, parents))
    lived: Life = [("AgrementGranted", AGREMENT, {"id": "m1", "time": "2025-10-02T08:00:00Z"})]

    difference = compare_life(lived, Counter())

    assert difference is not None
    assert "'ps_total': 275824" in difference.expected
    assert "'ps_total': 275825" in difference.actual


@pytest.mark.parametrize(
    ("module", "name", "value", "rule"),
    [
        (referentiel, "FIRST_YEAR", 2023, "VER-01"),
        (referentiel, "NURSERY", {"GS", "CP"}, "ELI-06"),
        (intake, "PARIS", ZoneInfo("America/New_York"), "deposited_on"),
        (committee, "SCHOOL", {"CAF"}, "AXE-15"),
    ],
)
def test_a_rule_of_dossiers_that_differs_is_seen(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, value: object, rule: str
) -> None:
    monkeypatch.setattr(module, name, value)

    differences = (compare_dossiers(seed, Counter()) for seed in range(PER_SEED, PER_SEED + 60))

    assert any(d and rule in d.expected + d.actual for d in differences)


def test_a_remark_of_a_forecast_that_differs_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecasts, "GAP", 90)

    differences = (
        compare_life(life(seed), Counter(), seed) for seed in range(PER_SEED, PER_SEED + 60)
    )

    assert any(d and "COF-05" in d.expected + d.actual for d in differences)


BAREME = KNOWN_BAREMES[2025]
AGREMENT = {
    "caf": "761",
    "dossier_id": "D1",
    "school_year": "2025-2026",
    "decided_on": "2025-10-02",
    "gestionnaire": {"siret": "51037643738412", "name": "Association", "kind": "association"},
    "project": {"title": "Projet", "school_level": "college", "communes": ["76540"]},
    "collectifs": [
        {
            "collectif_id": "C1",
            "children": 10,
            "forecast_cost": "9000.00",
            "bonuses": [],
            "derogations": [],
        }
    ],
    "budget": {"total_annual_cost": "9000.00", "resources": []},
    "multi_year_until": "2025-2026",
}


def advance(order: str, exercise: int, amount: int, on: str) -> dict[str, Any]:
    return {"order_id": order, "exercise": exercise, "amount": amount, "on": on}


def record(books: Books, payee: Any, name: str, **data: Any) -> None:
    books.record(Fact(0, name, ("D1", 2025), data), payee)
