"""The services and the second calculator agree, and the second calculator is one."""

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import applications
from tests.oracle.__main__ import PER_SEED, chunk
from tests.oracle.answers import answers_on_dossiers
from tests.oracle.books import Books
from tests.oracle.compare import compare_life, counted, expected
from tests.oracle.lives import Life, life
from tests.oracle.past import Fact
from tests.oracle.prices import KNOWN_BAREMES, award
from tests.oracle.referentiel import OBJECTIVES

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
        for seed in range(PER_SEED, PER_SEED + 1_000)
        for _, facts, rows, closings in expected(life(seed))
        for name in counted(facts, rows, closings)
    )

    assert {name: seen[name] for name in EVERYTHING if seen[name] < FLOOR} == {}


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
EVERYTHING = {
    *(
        f"entry {kind}"
        for kind in (
            "advance",
            "advance_reversal",
            "accrual",
            "accrual_release",
            "commitment",
            "commitment_reversal",
            "balance",
            "cancellation",
            "adjustment",
        )
    ),
    *("ClosingCompleted", "ClosingRefused", "FundingGranted", "AdvanceGranted"),
    *("AdvanceReversed", "BalanceSettled", "AdjustmentDecided", "FundingCancelled"),
    *(f"FundingDeferred {rule}" for rule in ("PRX-07", "ENV-03")),
    *(f"FundingRefused {rule}" for rule in ("CAL-05", "COM-04", "COM-05", "PLU-03")),
    *(f"FundingGranted {rule}" for rule in ("CAL-05", "COF-03")),
    *(f"FundingForecast {rule}" for rule in ("COF-03", "COF-05", "ENV-03")),
    "FundingForecast",
    *(
        f"AdvanceRefused {rule}"
        for rule in (
            *("COM-05", "TEC-01", "CNV-01", "ACO-01", "CAL-05"),
            *("ACO-02", "ACO-03", "ACO-04", "SOL-02"),
        )
    ),
    *(
        f"BalanceRefused {rule}"
        for rule in ("COM-05", "TEC-01", "CNV-01", "SOL-01", "SOL-03", "COM-04")
    ),
    *(
        f"AdjustmentRefused {rule}"
        for rule in ("COM-05", "SOL-02", "SOL-03", "TEC-01", "COM-04", "CTL-04", "CTL-02")
    ),
    *(f"CancellationRefused {rule}" for rule in ("AGR-03", "COM-05", "SOL-02")),
    *(f"AdvanceReversalRefused {rule}" for rule in ("ACO-05", "ACO-06", "COM-05", "SOL-02")),
}

OF_DOSSIERS = {
    *("CampaignRegistered", "InterimReportRegistered", "DossierReceived", "EligibilityAssessed"),
    *("AgrementRegistered", "AgrementGranted", "AgrementRefused", "AgrementAmended"),
    *("CommitteeAdjourned", "DossierWithdrawn", "AmendmentRejected COM-05"),
    *(f"DossierHeld {cause}" for cause in ("campaign", "interim_report")),
    *(f"DossierRejected REC-{rule}" for rule in ("02", "04", "07", "08", "11")),
    *(f"DossierRejected TEC-{rule}" for rule in ("01", "02")),
    *(f"ComplementsRequested REC-{rule}" for rule in ("14", "15", "16", "17", "19")),
    *(f"ComplementsRequested {rule}" for rule in ("ELI-22", "ELI-27")),
    *(f"RequestRefused {rule}" for rule in ("COM-09", "COM-10", "RET-04", "TEC-01")),
    *(f"WithdrawalRefused {rule}" for rule in ("RET-01", "RET-02", "RET-03")),
    *(
        f"CommitteeDecisionRejected {rule}"
        for rule in (
            *("BON-01", "BON-06", "CAL-05", "COM-01", "COM-04", "COM-07", "COM-09", "COM-10"),
            *("DER-06", "PLU", "RET-04", "TEC-03"),
        )
    ),
    *(f"AgrementGranted {rule}" for rule in ("AXE-15", "CAL-05", "COM-08", "COM-09", "DER-04")),
    *(
        f"EligibilityAssessed {rule} breach"
        for rule in (
            *("COF-01", "ELI-05", "ELI-06", "ELI-07", "ELI-08", "ELI-09", "ELI-11", "ELI-12"),
            *("ELI-13", "ELI-14", "ELI-15", "ELI-18", "ELI-22", "ELI-23", "ELI-23L", "ELI-26"),
            *("ELI-27", "ELI-28", "ELI-31", "ENC-01", "ENC-03", "ENC-04", "VER-01"),
        )
    ),
    *(f"EligibilityAssessed {rule} breach" for rule in OBJECTIVES),
    *(
        f"EligibilityAssessed {rule} derogation"
        for rule in ("ELI-23", "ELI-27", "ENC-01", "ENC-04")
    ),
    *(
        f"EligibilityAssessed {rule} review"
        for rule in (
            *("BON-06", "BON-18", "CAL-03", "COF-05", "COM-14", "ELI-12b", "ELI-17", "ELI-30"),
            *("ELI-36", "ELI-40", "PLU-01", "PLU-02", "PLU-04", "PRX-08", "REC-11"),
        )
    ),
}


def advance(order: str, exercise: int, amount: int, on: str) -> dict[str, Any]:
    return {"order_id": order, "exercise": exercise, "amount": amount, "on": on}


def record(books: Books, payee: Any, name: str, **data: Any) -> None:
    books.record(Fact(0, name, ("D1", 2025), data), payee)
