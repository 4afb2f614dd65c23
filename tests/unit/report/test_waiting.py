"""The report of waiting dossiers: one row per missing item, none for the others."""

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest

from services.cli.pending_dossiers import pending
from services.funding.reports.waiting import waiting
from services.funding.rights_on_day import rights_on_day
from shared.contracts.base import WireModel
from shared.contracts.common import Ground, Reason
from shared.contracts.eligibility import (
    AgrementRefused,
    CommitteeAdjourned,
    CommitteeDecisionRejected,
    EligibilityAssessed,
    Verdict,
)
from shared.contracts.envelope import Envelope
from shared.contracts.funding import BalanceRefused, FundingDeferred, FundingRefused
from shared.contracts.submission import (
    ComplementsRequested,
    DossierHeld,
    DossierRejected,
    DossierWithdrawn,
)
from tests.support import life, samples, settled
from tests.unit.report.published import CAF, events

SPRING = date(2026, 4, 1)
ABOUT: dict[str, Any] = {"caf": CAF, "dossier_id": samples.DOSSIER}
FUNDED = (samples.agrement(), samples.funding_granted())


def before_the_agrement(
    *submission: WireModel, eligibility: tuple[WireModel, ...] = ()
) -> list[tuple[object, ...]]:
    before = pending(events(samples.dossier(), *submission), events(*eligibility))
    return rows(waiting(rights_on_day(()), (dossier.row for dossier in before), CAF, SPRING).rows)


def after_the_agrement(*funding: WireModel, on: date = SPRING) -> list[tuple[object, ...]]:
    return rows(waiting(rights_on_day(events(*funding)), (), CAF, on).rows)


def rows(sheet_rows: tuple[tuple[object, ...], ...]) -> list[tuple[object, ...]]:
    """Return what each row waits for, and the first rule of its detail."""
    return [(row[3], str(row[5]).partition("]")[0].removeprefix("[")) for row in sheet_rows]


def grounds(*rules: str) -> tuple[Ground, ...]:
    return tuple(Ground(rule=rule, message="Une phrase.", observed="x") for rule in rules)


def reasons(*rules: str) -> tuple[Reason, ...]:
    return tuple(Reason(rule=rule, message="Une phrase.") for rule in rules)


def assessed(verdict: Verdict = "eligible") -> EligibilityAssessed:
    return EligibilityAssessed(
        **ABOUT,
        school_year="2025-2026",
        verdict=verdict,
        findings=(),
        collectifs=(),
        multi_year_allowed_until="2025-2026",
        rules_version="2021-2022",
    )


HELD = DossierHeld(**ABOUT, revision=1, waits_for="interim_report")
HELD_BEFORE = DossierHeld.model_validate(
    {**ABOUT, "revision": 1, "waits_for": "bilan intermédiaire 2024-2025 du gestionnaire"}
)
WITHOUT_CAMPAIGN = DossierHeld(**ABOUT, revision=1, waits_for="campaign")
TO_COMPLETE = ComplementsRequested(**ABOUT, revision=1, grounds=grounds("REC-14"))


@pytest.mark.parametrize(
    ("data", "awaited"),
    [
        ((WITHOUT_CAMPAIGN,), [("l'appel à projets de la Caf", "")]),
        ((WITHOUT_CAMPAIGN, HELD), [("le bilan intermédiaire", "")]),
        ((HELD_BEFORE,), [("le bilan intermédiaire", "")]),
        ((TO_COMPLETE,), [("des compléments", "REC-14")]),
        ((HELD, samples.dossier_received()), [("l'examen d'éligibilité", "")]),
        ((HELD, DossierWithdrawn(**ABOUT, withdrawn_on=SPRING, motive=None)), []),
        ((DossierRejected(**ABOUT, revision=1, grounds=grounds("REC-07")),), []),
        (
            (TO_COMPLETE, DossierRejected(**ABOUT, revision=2, grounds=grounds("TEC-01"))),
            [("des compléments", "REC-14")],
        ),
    ],
)
def test_before_the_committee_the_latest_event_of_submission_counts(
    data: tuple[WireModel, ...], awaited: list[tuple[str, str]]
) -> None:
    assert before_the_agrement(*data) == awaited


def caused(*data: WireModel) -> list[Envelope]:
    """Return envelopes of these events, each one caused by the one before."""
    return [
        event.model_copy(update={"causationid": f"e{rank - 1}"})
        for rank, event in enumerate(events(*data))
    ]


def test_a_dossier_waits_since_the_day_that_counts_for_what_made_it_wait() -> None:
    signed = samples.dossier(signed_at="2025-07-10T23:30:00Z")
    (dossier,) = pending(caused(signed, WITHOUT_CAMPAIGN), ())

    assert dossier.row[3:] == ("l'appel à projets de la Caf", date(2025, 7, 11), "")


def test_without_any_stated_day_the_time_of_the_event_counts() -> None:
    evening = datetime(2025, 7, 10, 23, 30, tzinfo=UTC)
    (held,) = events(WITHOUT_CAMPAIGN)
    (dossier,) = pending([held.model_copy(update={"time": evening})], ())

    assert dossier.since == date(2025, 7, 11)


def test_on_a_day_what_came_later_does_not_count_yet() -> None:
    decided = samples.committee_decision(decided_on="2025-10-02")
    received = samples.dossier_received(deposited_on="2025-08-28")
    answers = (assessed(), decided, CommitteeAdjourned(**ABOUT))
    story = caused(samples.dossier(), received, *answers)
    filed, judged = story[:2], story[2:]

    (before,) = pending(filed, judged, date(2025, 10, 1))
    (after,) = pending(filed, judged, date(2025, 10, 2))

    assert (before.status, before.since) == ("assessed", date(2025, 8, 28))
    assert (after.status, after.since) == ("adjourned", date(2025, 10, 2))
    assert pending(filed, judged, date(2025, 8, 1)) == []


def test_a_withdrawn_dossier_waits_for_no_committee() -> None:
    withdrawn = DossierWithdrawn(**ABOUT, withdrawn_on=SPRING, motive=None)

    awaited = before_the_agrement(samples.dossier_received(), withdrawn, eligibility=(assessed(),))

    assert awaited == []


@pytest.mark.parametrize(
    ("data", "awaited"),
    [
        ((assessed(),), [("la décision du comité", "dossier éligible")]),
        (
            (assessed("derogation"),),
            [("la décision du comité", "dérogation à accorder ou à refuser")],
        ),
        (
            (assessed(), CommitteeAdjourned(**ABOUT)),
            [("une nouvelle séance du comité", "décision ajournée")],
        ),
        (
            (assessed(), CommitteeDecisionRejected(**ABOUT, reasons=reasons("COM-01"))),
            [("une décision rectifiée du comité", "COM-01")],
        ),
        ((assessed(), AgrementRefused(**ABOUT, motive="Hors projet")), []),
        (
            (
                assessed(),
                samples.agrement(),
                CommitteeDecisionRejected(**ABOUT, reasons=reasons("COM-10")),
            ),
            [],
        ),
    ],
)
def test_the_committee_is_waited_for_until_it_grants_or_refuses(
    data: tuple[WireModel, ...], awaited: list[tuple[str, str]]
) -> None:
    assert before_the_agrement(samples.dossier_received(), eligibility=data) == awaited


def deferred(*rules: str) -> FundingDeferred:
    return FundingDeferred(**ABOUT, school_year="2025-2026", reasons=reasons(*rules))


@pytest.mark.parametrize(
    ("rule", "awaits"),
    [("PRX-07", "le barème de l'année"), ("ENV-03", "des crédits dans l'enveloppe")],
)
def test_a_deferred_right_waits_for_its_bareme_or_for_credits(rule: str, awaits: str) -> None:
    assert after_the_agrement(samples.agrement(), deferred(rule)) == [(awaits, rule)]
    assert after_the_agrement(samples.agrement(), deferred(rule), samples.funding_granted()) == [
        ("la convention signée", "CNV-01")
    ]
    refused = FundingRefused(**ABOUT, school_year="2025-2026", reasons=reasons("COM-05"))
    assert after_the_agrement(samples.agrement(), deferred(rule), refused) == []


def test_two_envelopes_that_lack_credits_are_one_thing_to_wait_for() -> None:
    rights = rights_on_day(events(samples.agrement(), deferred("ENV-03", "ENV-03")))

    (row,) = waiting(rights, (), CAF, SPRING).rows
    assert row[4:] == (date(2025, 10, 2), "[ENV-03] Une phrase. Une phrase.")


def test_a_granted_right_waits_for_its_convention_then_for_its_accounts() -> None:
    signed = (*FUNDED, samples.convention())
    refused = BalanceRefused(**ABOUT, school_year="2025-2026", reasons=reasons("SOL-03"))
    accounts = [("les comptes et le bilan définitifs", "SOL-01")]

    assert after_the_agrement(*FUNDED) == [("la convention signée", "CNV-01")]
    assert after_the_agrement(*signed, on=date(2026, 5, 31)) == []
    assert after_the_agrement(*signed, on=date(2026, 6, 1)) == accounts
    assert after_the_agrement(*signed, refused) == [
        ("de nouveaux comptes", "comptes refusés : [SOL-03")
    ]
    assert after_the_agrement(*signed, settled.balance_settled(), on=date(2026, 12, 31)) == []
    assert after_the_agrement(*FUNDED, settled.funding_cancelled()) == []


def test_a_several_years_agrement_waits_for_each_year_that_has_begun() -> None:
    several = samples.agrement(multi_year_until="2027-2028")
    events_of_first_year = (several, *FUNDED[1:], samples.convention(), settled.balance_settled())
    second = samples.funding_granted(school_year="2026-2027")

    assert after_the_agrement(*events_of_first_year, on=date(2026, 8, 31)) == []
    assert after_the_agrement(*events_of_first_year, on=date(2026, 9, 1)) == [
        ("le renouvellement annuel", "PLU-03")
    ]
    assert after_the_agrement(*events_of_first_year, second, on=date(2026, 9, 1)) == []
    assert len(after_the_agrement(*events_of_first_year, on=date(2029, 9, 1))) == 2


def test_accounts_are_waited_for_from_the_day_on_which_the_domain_takes_them() -> None:
    agrement = samples.agrement()
    until_july = agrement.with_changes(
        collectifs=tuple(c.with_changes(ends_on=date(2026, 7, 3)) for c in agrement.collectifs)
    )
    messages = events(until_july, samples.funding_granted(), samples.convention())

    (row,) = waiting(rights_on_day(messages), (), CAF, date(2026, 7, 4)).rows

    assert row[3:5] == ("les comptes et le bilan définitifs", date(2026, 7, 4))
    assert waiting(rights_on_day(messages), (), CAF, date(2026, 7, 3)).rows == ()


def test_new_accounts_are_waited_for_since_those_that_were_refused() -> None:
    refused = BalanceRefused(**ABOUT, school_year="2025-2026", reasons=reasons("SOL-03"))
    messages = caused(
        *(*FUNDED, samples.convention(), life.result_account_filed(filed_on="2026-09-05"), refused)
    )
    of_day = partial(rights_on_day, messages)

    (row,) = waiting(of_day(), (), CAF, date(2026, 12, 1)).rows
    (before,) = waiting(of_day(date(2026, 9, 4)), (), CAF, date(2026, 9, 4)).rows

    assert row[3:5] == ("de nouveaux comptes", date(2026, 9, 5))
    assert before[3] == "les comptes et le bilan définitifs"
