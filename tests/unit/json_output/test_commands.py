"""What each command prints with --json, against the examples of the reference page."""

import json
import re
from datetime import date
from typing import Any

import pytest

from shared.kernel.replay import Difference, Replay
from tests.support import samples
from tests.tools.json_reference import PAGE, example, page
from tests.unit.json_output.played import (
    CAF,
    UNKNOWN,
    read_from_memory,
    run,
    stores_before_the_committee,
)

VARYING = {
    "at": "2026-01-01T00:00:00Z",
    "decided_at": "2026-01-01T00:00:00Z",
    "receipt": f"{9:064x}",
}
"""Fields that differ from run to run, and what the examples have there."""
PROCESSED = re.compile(r"(?<=traité le )[^.]+(?=\.)")
PROCESSED_AT = "1er janvier 2026, 01:00:00"
REPORTS = {
    "departement": ("--school-year", "2025-2026"),
    "places": ("--school-year", "2025-2026"),
    "accruals": ("--exercise", "2025"),
    "bilans": ("--school-year", "2025-2026", "--on", "2026-03-01"),
    "waiting": ("--on", "2026-03-01"),
}


@pytest.fixture(autouse=True)
def _memory(monkeypatch: pytest.MonkeyPatch) -> None:
    read_from_memory(monkeypatch)


def printed(*words: str, code: int = 0) -> Any:
    """Return the document that a command prints, plain spaces and fixed values in it."""
    text = run(*words, "--json", code=code)[0].decode()
    plain = text.replace("\u202f", " ").replace("\u00a0", " ")
    return json.loads(PROCESSED.sub(PROCESSED_AT, plain), object_hook=_fixed)


def _fixed(document: dict[str, Any]) -> dict[str, Any]:
    return {name: VARYING.get(name, value) for name, value in document.items()}


def test_the_ledger_has_entries_with_lines_and_the_trial_balance() -> None:
    assert printed("ledger", "--caf", CAF, "--exercise", "2025") == json.loads(example("ledger"))


def test_the_ledger_of_one_dossier_keeps_the_whole_trial_balance() -> None:
    words = ("ledger", "--caf", CAF, "--exercise", "2025")
    document = printed(*words, "--dossier", samples.OTHER_DOSSIER)

    assert (document["count"], document["entries"]) == (0, [])
    assert document["trial_balance"] == printed(*words)["trial_balance"]


def test_envelopes_have_credits_and_the_waiting_list() -> None:
    assert printed("envelopes", "--caf", CAF) == json.loads(example("envelopes"))


def test_envelopes_of_one_exercise_have_no_other() -> None:
    document = printed("envelopes", "--caf", CAF, "--exercise", "2026")

    rows = (*document["exercises"], *document["waiting"])
    assert [row["exercise"] for row in rows] == [2026, 2026]


def test_deliveries_have_counts_and_outstanding_entries() -> None:
    document = printed("deliveries", "--caf", CAF)
    days = document["outstanding"][0].pop("days")
    expected = json.loads(example("deliveries"))

    assert expected["outstanding"][0].pop("days") == (date(2025, 12, 5) - date(2025, 11, 21)).days
    assert days >= 0
    assert document == expected


def test_deliveries_of_another_state_are_counted_and_not_listed() -> None:
    document = printed("deliveries", "--caf", CAF, "--state", "waiting")

    assert (document["count"], document["outstanding"]) == (0, [])
    assert document["counts"][0]["rejected"] == {"entries": 1, "amount": "700.00"}


def test_deliveries_to_a_system_that_never_answered_warn_beside_the_document() -> None:
    words = ("deliveries", "--caf", CAF, "--system", "other", "--json", "--limit", "1")
    output, errors = run(*words)

    assert json.loads(output)["counts"][0]["waiting"]["entries"] == 1
    assert "other n’a encore répondu à aucune écriture" in errors


def test_a_dossier_has_its_events_with_sentences_and_data() -> None:
    assert printed("dossier", UNKNOWN) == json.loads(example("dossier"))


def test_a_dossier_that_was_deposited_has_its_head() -> None:
    document = printed("dossier", samples.DOSSIER)

    head = {name: value for name, value in document.items() if name != "events"}
    assert head == {
        "dossier_id": samples.DOSSIER,
        "caf": CAF,
        "school_year": "2025-2026",
        "gestionnaire": "Les Amis de l'école",
    }
    assert [event["number"] for event in document["events"]][:3] == [1, 2, 3]


def test_an_unknown_dossier_is_one_line_on_standard_error() -> None:
    output, errors = run("dossier", "NOBODY", "--json", code=1)

    assert output == b""
    assert errors.startswith("clas: no service knows a dossier NOBODY.")


def test_an_explanation_has_decisions_with_rules_and_paragraphs() -> None:
    assert printed("explain", UNKNOWN) == json.loads(example("explain"))


def test_a_replay_counts_decisions_and_lists_none_that_is_the_same() -> None:
    document = printed("replay", "--service", "funding", "--dossier", UNKNOWN)

    assert document == {"decisions": 1, "differing": [], "of_other_releases": []}


def test_a_replay_that_differs_lists_each_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Replay,
        "differences",
        lambda *_: [Difference("parameter", "ceilings 2025", "2021: 0.70", "2021: 0.75")],
    )
    document = printed("replay", "--service", "funding", "--dossier", UNKNOWN, code=1)

    assert document == json.loads(example("replay"))


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_its_sheet(name: str) -> None:
    document = printed("report", name, "--caf", CAF, *REPORTS[name])

    assert list(document) == ["title", "columns", "rows", "total", "notes", "count"]
    assert {len(row) for row in document["rows"]} == {len(document["columns"])}


def test_the_report_of_waiting_dossiers_has_columns_and_rows() -> None:
    document = printed("report", "waiting", "--caf", CAF, *REPORTS["waiting"])

    assert document == json.loads(example("report"))


def test_the_report_for_the_committee_has_verdict_and_price(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read_from_memory(monkeypatch, stores_before_the_committee())
    document = printed("report", "committee", "--caf", CAF, "--school-year", "2025-2026")

    assert document["columns"][2:] == ["Verdict", "Ps", "Bonus", "Total", "À décider, à régler"]
    (row,) = document["rows"]
    assert row[:6] == [
        *(samples.DOSSIER, "Les Amis de l'école", "éligible"),
        *("2758.25", "634.00", "3392.25"),
    ]
    assert row[6].startswith("[COF-05] Il manque 2 007,75 € pour équilibrer le budget")
    assert document["total"][:1] == ["Total accordable"]
    assert document["total"][1:] == [None, None, "2758.25", "634.00", "3392.25", None]


def test_amounts_and_days_of_a_report_are_those_of_the_wire() -> None:
    accruals = printed("report", "accruals", "--caf", CAF, *REPORTS["accruals"])
    bilans = printed("report", "bilans", "--caf", CAF, *REPORTS["bilans"])

    assert accruals["total"] == ["Total", None, "1103.30", "700.00", "0.00", None, None, None]
    assert [row[4] for row in bilans["rows"]] == ["2026-08-31", "2026-12-31"]


@pytest.mark.parametrize("name", ["places", "bilans", "waiting"])
def test_a_report_of_another_dossier_has_no_rows(name: str) -> None:
    words = ("report", name, "--caf", CAF, *REPORTS[name], "--dossier", "NOBODY")

    assert printed(*words)["rows"] == []


def test_a_limit_says_how_many_more_there_are() -> None:
    words = ("report", "bilans", "--caf", CAF, *REPORTS["bilans"], "--limit")
    output, errors = run(*words, "1", "--json")

    assert len(json.loads(output)["rows"]) == 1
    assert errors == "clas: 1 more; --limit 0 lists all\n"
    assert run(*words, "0", "--json")[1] == ""


def test_a_file_beside_a_document_is_named_on_standard_error(tmp_path: Any) -> None:
    path = tmp_path / "envelopes.csv"
    output, errors = run("envelopes", "--caf", CAF, "--json", "--csv", str(path))

    assert json.loads(output)["caf"] == CAF
    assert errors == f"→ {path}\n"
    assert path.exists()


def test_the_reference_page_is_as_generated() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_a_replay_lists_what_another_release_decided_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    difference = Difference("step", "1 COM-05", "autrefois", "maintenant")
    monkeypatch.setattr(Replay, "differences", lambda _self, _record: (difference,))
    monkeypatch.setattr("shared.kernel.replay.RELEASE", "9.9.9")

    document = printed("replay", "--service", "funding", "--dossier", UNKNOWN)
    output, _ = run("replay", "--service", "funding", "--dossier", UNKNOWN)

    assert document["differing"] == []
    assert [each["differences"][0]["name"] for each in document["of_other_releases"]] == [
        "1 COM-05"
    ]
    lines = output.decode().replace("\u202f", " ").replace("\u00a0", " ").splitlines()
    assert lines[0] == "1 décision d’une autre version, que celle-ci prendrait autrement :"
    assert lines[1].endswith("étape 1 COM-05")
    assert lines[-1] == "1 décision recalculée : aucune autre ne diffère."
