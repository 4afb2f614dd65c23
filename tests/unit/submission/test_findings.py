"""Every evaluated rule is a finding, satisfied ones too."""

from datetime import date

import pytest

from shared.kernel.decision import Decision, Finding
from tests.support.decide import Story
from tests.support.samples import dossier, interim_report
from tests.unit.submission.builders import campaign_open, dossier_state

RECEIVABLE = {
    "REC-20": "ok",
    "REC-02": "ok",
    "REC-04": "ok",
    "REC-08": "ok",
    "REC-07": "ok",
    "REC-11": "ok",
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
    assert sentence(decision, "REC-20") == "La Caf 761 a ouvert son appel à projets 2025-2026."


def test_a_rejected_dossier_tells_what_breaks_and_what_holds_by_the_ground_s_sentence() -> None:
    decision = campaign_open().when(dossier(channel="courrier", signed_at=None))

    assert outcomes(decision) == {
        "REC-02": "breach",
        "REC-04": "ok",
        "REC-08": "breach",
        "REC-07": "not_applicable",
        "REC-11": "ok",
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

    assert outcomes(decision) == RECEIVABLE
    assert dossier_state(story).deposited_on == date(2025, 7, 10)


def waiting() -> tuple[Story, Decision]:
    story = campaign_open()
    return story, story.when(dossier(previous_clas=True))


def test_a_held_dossier_tells_what_it_waits_for_and_what_freed_it() -> None:
    story, decision = waiting()

    assert outcomes(decision) == RECEIVABLE | {"REC-09": "breach"}
    assert sentence(decision, "REC-09") == (
        "Le bilan intermédiaire 2024-2025 du gestionnaire n'est pas parvenu à la Caf : le dossier"
        " l'attend. Si aucune action n'a eu lieu cette année-là, la Caf le déclare à la place du"
        " bilan."
    )
    assert finding_of(decision, "REC-09").observed == (
        "Clas mené en 2024-2025 : déclaré dans la demande"
    )

    freed = story.when(interim_report(received_on="2025-09-02"))

    assert outcomes(freed) == {"REC-11": "ok", "REC-09": "ok"}
    assert sentence(freed, "REC-09") == (
        "ELAN-2025-761-000001 : Le 2 septembre 2025, la Caf a reçu le bilan 2024-2025."
    )


def test_what_frees_it_may_be_that_nothing_ran() -> None:
    story, _ = waiting()

    freed = story.when(interim_report(received_on="2025-09-02", nothing_ran=True))

    assert sentence(freed, "REC-09") == (
        "ELAN-2025-761-000001 : Le 2 septembre 2025, la Caf a déclaré qu'aucune action n'a eu lieu"
        " en 2024-2025."
    )


def test_a_report_that_came_before_is_told() -> None:
    story = campaign_open()
    story.when(interim_report())

    decision = story.when(dossier(previous_clas=True))

    assert outcomes(decision) == RECEIVABLE | {"REC-09": "ok"}


def test_a_refused_revision_tells_why_it_may_not_follow() -> None:
    story = campaign_open()
    story.when(dossier())

    assert [(each.rule, each.outcome) for each in story.when(dossier(revision=2)).findings] == [
        ("TEC-02", "breach"),
        ("TEC-01", "ok"),
        ("TEC-01", "ok"),
    ]
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
