"""Every evaluated rule is a finding, satisfied ones too."""

import pytest

from shared.kernel.decision import Decision, Finding
from tests.support.decide import Story
from tests.support.samples import dossier, interim_report
from tests.unit.submission.builders import campaign_open

RECEIVABLE = {
    "REC-20": "ok",
    "REC-02": "ok",
    "REC-04": "ok",
    "REC-08": "ok",
    "REC-07": "ok",
    "REC-11": "not_applicable",
    "REC-14": "ok",
    "REC-15": "ok",
    "REC-16": "ok",
    "REC-17": "ok",
    "REC-19": "ok",
    "REC-09": "not_applicable",
}


def outcomes(decision: Decision) -> dict[str, str]:
    return {finding.rule: finding.outcome for finding in decision.findings}


def finding_of(decision: Decision, rule: str) -> Finding:
    (finding,) = (each for each in decision.findings if each.rule == rule)
    return finding


def sentence(decision: Decision, rule: str) -> str:
    return finding_of(decision, rule).message


def test_a_received_dossier_tells_each_rule_that_it_passed() -> None:
    decision = campaign_open().when(dossier())

    assert outcomes(decision) == RECEIVABLE
    assert sentence(decision, "REC-07") == "La demande a été validée pendant la période de dépôt."
    assert sentence(decision, "REC-09").startswith("Sans objet : le gestionnaire n'a pas mené")
    assert sentence(decision, "REC-11") == "Sans objet : la demande ne renouvelle aucun agrément."


def test_a_rejected_dossier_tells_what_breaks_and_what_holds_by_the_ground_s_sentence() -> None:
    decision = campaign_open().when(dossier(channel="courrier", signed_at=None))

    assert outcomes(decision) == {
        key: value for key, value in RECEIVABLE.items() if key != "REC-09"
    } | {
        "REC-02": "breach",
        "REC-08": "breach",
        "REC-07": "not_applicable",
    }
    assert "par le canal « courrier »" in sentence(decision, "REC-02")
    assert sentence(decision, "REC-07") == "Sans objet : aucune date de validation."


def test_without_a_campaign_its_window_is_not_judged() -> None:
    decision = campaign_open().when(dossier(school_year="2026-2027"))

    assert outcomes(decision)["REC-20"] == "breach"
    assert sentence(decision, "REC-07") == "Sans objet : aucune campagne ouverte."


def test_a_later_revision_keeps_the_day_of_its_deposit() -> None:
    story = campaign_open()
    story.when(dossier(project__descriptions__parents=""))

    decision = story.when(dossier(revision=2, signed_at="2025-12-01T09:00:00+01:00"))

    assert outcomes(decision) == RECEIVABLE | {"REC-07": "not_applicable"}
    assert "première révision" in sentence(decision, "REC-07")


def test_a_renewal_that_nothing_covers_passes_its_rule() -> None:
    decision = campaign_open().when(dossier(renews="ELAN-2020-761-000001"))

    assert outcomes(decision)["REC-11"] == "ok"


def waiting() -> tuple[Story, Decision]:
    story = campaign_open()
    return story, story.when(dossier(previous_clas=True))


def test_a_held_dossier_tells_what_it_waits_for_and_what_freed_it() -> None:
    story, decision = waiting()

    assert outcomes(decision) == RECEIVABLE | {"REC-09": "breach"}
    assert "bilan intermédiaire 2024-2025 n'est pas parvenu" in sentence(decision, "REC-09")

    freed = story.when(interim_report())

    assert outcomes(freed) == {"REC-09": "ok"}
    assert "ELAN-2025-761-000001 est parvenu" in sentence(freed, "REC-09")


def test_a_report_that_came_before_is_told() -> None:
    story = campaign_open()
    story.when(interim_report())

    decision = story.when(dossier(previous_clas=True))

    assert outcomes(decision) == RECEIVABLE | {"REC-09": "ok"}


def test_a_refused_revision_tells_why_it_may_not_follow() -> None:
    story = campaign_open()
    story.when(dossier())

    assert outcomes(story.when(dossier(revision=2))) == {"TEC-02": "breach", "TEC-01": "ok"}
    assert outcomes(story.when(dossier(channel="courrier"))) == {"TEC-01": "breach"}


@pytest.mark.parametrize(
    ("change", "rule", "observed", "expected"),
    [
        ({"channel": "courrier"}, "REC-02", "courrier", "ELAN"),
        (
            {"form__version": "2024"},
            "REC-04",
            "clas-national, version 2024",
            "clas-national, version 2025",
        ),
        (
            {"signed_at": "2025-09-02T10:00:00+02:00"},
            "REC-07",
            "2025-09-02T10:00:00+02:00",
            "du 13/06/2025 au 31/08/2025 inclus",
        ),
    ],
)
def test_a_breach_states_what_was_compared(
    change: dict[str, str], rule: str, observed: str, expected: str
) -> None:
    finding = finding_of(campaign_open().when(dossier(**change)), rule)

    assert (finding.observed, finding.expected) == (observed, expected)


def test_a_revision_out_of_order_states_the_number_to_exceed() -> None:
    story = campaign_open()
    story.when(dossier(revision=4, project__descriptions__parents=""))

    finding = finding_of(story.when(dossier(revision=2)), "TEC-01")

    assert (finding.observed, finding.expected) == ("révision 2", "au-delà de la révision 4")
