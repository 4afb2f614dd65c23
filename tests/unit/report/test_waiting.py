"""Who waits, and for what: one row each, and none for those who do not."""

from datetime import date
from typing import Any

import pytest

from services.funding.reports.pending_dossiers import pending
from services.funding.reports.waiting import waiting
from services.funding.rights import rights_of
from shared.contracts.base import WireModel
from shared.contracts.common import Ground, Reason
from shared.contracts.eligibility import (
    AgrementRefused,
    CommitteeAdjourned,
    CommitteeDecisionRejected,
    EligibilityAssessed,
    Verdict,
)
from shared.contracts.funding import BalanceRefused, FundingDeferred, FundingRefused
from shared.contracts.submission import (
    ComplementsRequested,
    DossierHeld,
    DossierRejected,
    DossierWithdrawn,
)
from tests.support import samples, settled
from tests.unit.report.published import CAF, events

SPRING = date(2026, 4, 1)
ABOUT: dict[str, Any] = {"caf": CAF, "dossier_id": samples.DOSSIER}
FUNDED = (samples.agrement(), samples.funding_granted())


def upstream(
    *submission: WireModel, eligibility: tuple[WireModel, ...] = ()
) -> list[tuple[object, ...]]:
    before = pending(events(samples.dossier(), *submission), events(*eligibility))
    return rows(waiting(rights_of(()), before, CAF, SPRING).rows)


def downstream(*funding: WireModel, on: date = SPRING) -> list[tuple[object, ...]]:
    return rows(waiting(rights_of(events(*funding)), {}, CAF, on).rows)


def rows(found: tuple[tuple[object, ...], ...]) -> list[tuple[object, ...]]:
    """Return what each waits for, and the first rule told."""
    return [(row[3], str(row[4]).partition("]")[0].removeprefix("[")) for row in found]


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


HELD = DossierHeld(**ABOUT, revision=1, waits_for="bilan 2024-2025 (REC-09)")
TO_COMPLETE = ComplementsRequested(**ABOUT, revision=1, grounds=grounds("REC-14"))


@pytest.mark.parametrize(
    ("told", "awaited"),
    [
        ((HELD,), [("le bilan intermédiaire", "bilan 2024-2025 (REC-09)")]),
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
def test_before_the_committee_the_last_word_of_submission_counts(
    told: tuple[WireModel, ...], awaited: list[tuple[str, str]]
) -> None:
    assert upstream(*told) == awaited


def test_a_withdrawn_dossier_waits_for_no_committee() -> None:
    withdrawn = DossierWithdrawn(**ABOUT, withdrawn_on=SPRING, motive=None)

    told = upstream(samples.dossier_received(), withdrawn, eligibility=(assessed(),))

    assert told == []


@pytest.mark.parametrize(
    ("told", "awaited"),
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
    told: tuple[WireModel, ...], awaited: list[tuple[str, str]]
) -> None:
    assert upstream(samples.dossier_received(), eligibility=told) == awaited


def deferred(*rules: str) -> FundingDeferred:
    return FundingDeferred(**ABOUT, school_year="2025-2026", reasons=reasons(*rules))


@pytest.mark.parametrize(
    ("rule", "awaits"),
    [("PRX-07", "le barème de l'année"), ("ENV-03", "des crédits dans l'enveloppe")],
)
def test_a_deferred_right_waits_for_its_bareme_or_for_credits(rule: str, awaits: str) -> None:
    assert downstream(samples.agrement(), deferred(rule)) == [(awaits, rule)]
    assert downstream(samples.agrement(), deferred(rule), samples.funding_granted()) == [
        ("la convention signée", "CNV-01")
    ]
    refused = FundingRefused(**ABOUT, school_year="2025-2026", reasons=reasons("COM-05"))
    assert downstream(samples.agrement(), deferred(rule), refused) == []


def test_two_envelopes_that_lack_credits_are_one_thing_to_wait_for() -> None:
    told = rights_of(events(samples.agrement(), deferred("ENV-03", "ENV-03")))

    (row,) = waiting(told, {}, CAF, SPRING).rows
    assert row[4] == "[ENV-03] Une phrase. Une phrase."


def test_a_granted_right_waits_for_its_convention_then_for_its_accounts() -> None:
    signed = (*FUNDED, samples.convention())
    refused = BalanceRefused(**ABOUT, school_year="2025-2026", reasons=reasons("SOL-03"))
    accounts = [("les comptes et le bilan définitifs", "SOL-01")]

    assert downstream(*FUNDED) == [("la convention signée", "CNV-01")]
    assert downstream(*signed, on=date(2026, 6, 30)) == []
    assert downstream(*signed, on=date(2026, 7, 1)) == accounts
    assert downstream(*signed, refused) == [("de nouveaux comptes", "comptes refusés : [SOL-03")]
    assert downstream(*signed, settled.balance_settled(), on=date(2026, 12, 31)) == []
    assert downstream(*FUNDED, settled.funding_cancelled()) == []


def test_a_several_years_agrement_waits_for_each_year_that_has_begun() -> None:
    several = samples.agrement(multi_year_until="2027-2028")
    lived = (several, *FUNDED[1:], samples.convention(), settled.balance_settled())
    second = samples.funding_granted(school_year="2026-2027")

    assert downstream(*lived, on=date(2026, 8, 31)) == []
    assert downstream(*lived, on=date(2026, 9, 1)) == [("le renouvellement annuel", "PLU-03")]
    assert downstream(*lived, second, on=date(2026, 9, 1)) == []
    assert len(downstream(*lived, on=date(2029, 9, 1))) == 2
