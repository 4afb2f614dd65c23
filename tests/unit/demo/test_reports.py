from decimal import Decimal

from services.accounting.reports import account_labels, agreement, closed_exercises
from services.eligibility.reports import decisions, verdicts
from services.funding.reports.campaign import baremes, grants
from services.funding.reports.payments import advances
from services.submission.reports import deposits, refused_messages
from shared.contracts.accounting import (
    AccountingEntryPosted,
    AccountTotal,
    ClosingCompleted,
    EntryLine,
)
from shared.contracts.common import Cause, Ground, MessageRefused, Reason, ShapeError
from shared.contracts.eligibility import CollectifAssessment, EligibilityAssessed, Finding
from shared.contracts.funding import AdvanceRefused
from shared.contracts.submission import ComplementsRequested, DossierHeld, DossierRejected
from shared.kernel.published_events import RuleCount, published_events, rule_counts
from tests.support.samples import (
    CAF,
    DOSSIER,
    OTHER_DOSSIER,
    SCHOOL_YEAR,
    SIRET,
    advance_granted,
    agrement,
    dossier,
    dossier_received,
    funding_granted,
)
from tests.support.settled import funding_amended
from tests.unit.demo.events import body, events_of

THIRD = "ELAN-2025-761-000003"
NOTHING = Decimal("0.00")


def rejected(of: str, *rules: str) -> DossierRejected:
    grounds = tuple(Ground(rule=rule, message=f"{rule} de {of}", observed="vu") for rule in rules)
    return DossierRejected(caf=CAF, dossier_id=of, revision=1, grounds=grounds)


def finding(rule: str, outcome: str) -> Finding:
    return Finding.model_validate(
        {"rule": rule, "outcome": outcome, "message": rule, "observed": "vu", "expected": "dû"}
    )


def assessed(
    of: str, verdict: str, *collectifs: tuple[str, str], breach: str = "ELI-05"
) -> EligibilityAssessed:
    return EligibilityAssessed.model_validate(
        {
            "caf": CAF,
            "dossier_id": of,
            "school_year": SCHOOL_YEAR,
            "verdict": verdict,
            "findings": (finding(breach, "breach"),) if verdict == "ineligible" else (),
            "collectifs": tuple(
                CollectifAssessment.model_validate(
                    {"collectif_id": f"C{n}", "verdict": v, "findings": (finding(rule, "breach"),)}
                )
                for n, (v, rule) in enumerate(collectifs)
            ),
            "multi_year_allowed_until": SCHOOL_YEAR,
            "rules_version": "1",
        }
    )


def entry(exercise: int, *lines: tuple[str, str, str], of: str = DOSSIER) -> AccountingEntryPosted:
    return AccountingEntryPosted.model_validate(
        {
            "entry_id": f"{exercise}-{lines}",
            "caf": CAF,
            "exercise": exercise,
            "period": 13,
            "booked_on": f"{exercise}-12-31",
            "kind": "commitment",
            "label": "Engagement",
            "dossier_id": of,
            "school_year": SCHOOL_YEAR,
            "siret": SIRET,
            "lines": tuple(
                EntryLine(
                    ledger="T",
                    account=account,
                    debit=Decimal(debit),
                    credit=Decimal(credit),
                    origin_exercise=None,
                    statistical_code=None,
                )
                for account, debit, credit in lines
            ),
            "cause": Cause(id="c", type="t"),
        }
    )


def closing(exercise: int, *rows: tuple[str, str, str]) -> ClosingCompleted:
    return ClosingCompleted(
        caf=CAF,
        exercise=exercise,
        totals=(),
        trial_balance=tuple(
            AccountTotal(ledger="T", account=account, debit=Decimal(debit), credit=Decimal(credit))
            for account, debit, credit in rows
        ),
        first_sequence=1,
        last_sequence=1,
        head_hash="h",
    )


COMMITTED = (("8091", "60.00", "0.00"), ("80182", "0.00", "60.00"))
REVERSED = (("8091", "0.00", "60.00"), ("80182", "60.00", "0.00"))


def test_an_event_received_twice_counts_once_and_an_invalid_one_by_its_refusal_only() -> None:
    once = body(dossier(), "e1")
    events = published_events([once, once, b"{", b'{"type":"nothing"}'], CAF)
    assert len(events.events) == 1


def test_events_of_another_caf_are_left_out() -> None:
    assert events_of(dossier(caf="771")).events == ()


def test_the_events_of_a_year_leaves_out_the_dossiers_of_others() -> None:
    other = dossier(dossier_id=OTHER_DOSSIER, school_year="2024-2025")
    events = events_of(
        dossier(), other, rejected(OTHER_DOSSIER, "REC-07"), rejected(DOSSIER, "REC-08")
    )
    of_year = events.of_year(SCHOOL_YEAR)
    assert [one.dossier_id for one in of_year.of_type(DossierRejected)] == [DOSSIER]


def test_rules_are_ordered_by_their_count_whatever_the_order_of_the_reasons() -> None:
    reasons = [
        Reason(rule="REC-08", message="z"),
        Reason(rule="REC-07", message="b"),
        Reason(rule="REC-07", message="a"),
        Reason(rule="REC-02", message="y"),
    ]
    expected = (
        RuleCount("REC-07", 2, "a"),
        RuleCount("REC-02", 1, "y"),
        RuleCount("REC-08", 1, "z"),
    )
    assert rule_counts(reasons) == expected
    assert rule_counts(reversed(reasons)) == expected


def test_a_completed_dossier_counts_as_incomplete_and_as_received() -> None:
    ground = Ground(rule="REC-15", message="vide", observed="")
    requested = ComplementsRequested(caf=CAF, dossier_id=DOSSIER, revision=1, grounds=(ground,))
    again = ComplementsRequested(caf=CAF, dossier_id=OTHER_DOSSIER, revision=1, grounds=(ground,))
    totals = deposits(
        events_of(
            dossier(),
            dossier(dossier_id=OTHER_DOSSIER),
            requested,
            again,
            dossier(revision=2),
            dossier_received(revision=2),
        )
    )
    assert (totals.filed, totals.received) == (2, 1)
    assert (totals.to_complete, totals.completed, totals.duplicates) == (2, 1, 0)
    assert totals.missing == (RuleCount("REC-15", 2, "vide"),)


def test_a_held_dossier_is_freed_once_it_is_received_and_a_double_is_counted() -> None:
    held = [
        DossierHeld(caf=CAF, dossier_id=of, revision=1, waits_for="interim_report")
        for of in (DOSSIER, OTHER_DOSSIER)
    ]
    totals = deposits(
        events_of(
            dossier(), dossier(), dossier(dossier_id=OTHER_DOSSIER), *held, dossier_received()
        )
    )
    assert (totals.held, totals.released, totals.duplicates) == (2, 1, 1)
    assert totals.waiting == 1


def test_a_rejected_dossier_that_came_again_counts_by_its_end() -> None:
    ground = Ground(rule="REC-08", message="non signée", observed="")
    too_late = Ground(rule="TEC-02", message="déjà reçu", observed="")
    about = {"caf": CAF, "dossier_id": DOSSIER}
    totals = deposits(
        events_of(
            dossier(signed_at=None),
            DossierRejected(**about, revision=1, grounds=(ground,)),
            dossier(revision=2),
            dossier_received(revision=2),
            DossierRejected(**about, revision=3, grounds=(too_late,)),
        )
    )

    assert (totals.filed, totals.received, totals.rejected) == (1, 1, 0)
    assert {each.rule: each.count for each in totals.grounds} == {"REC-08": 1, "TEC-02": 1}


def test_an_unreadable_dossier_counts_as_filed_until_it_is_sent_again_in_good_form() -> None:
    refused = [
        MessageRefused(
            event_id=f"x{rank}",
            event_type="fr.caf.clas.DossierSubmitted.v1",
            caf=CAF,
            dossier_id=of,
            queue="clas.submission",
            routing_key="DossierSubmitted.v1.761",
            sha256="0" * 64,
            errors=(ShapeError(path="data.caf", message="non"), ShapeError(path="", message="2")),
        )
        for rank, of in enumerate((OTHER_DOSSIER, DOSSIER))
    ]
    events = events_of(*refused, dossier())
    assert (deposits(events).filed, deposits(events).unreadable) == (2, 1)
    assert [(one.about, one.service, one.fault) for one in refused_messages(events)] == [
        (DOSSIER, "submission", "data.caf : non"),
        (OTHER_DOSSIER, "submission", "data.caf : non"),
    ]


def test_a_dead_letter_without_a_name_is_listed_by_its_hash() -> None:
    refused = MessageRefused(
        event_id=None,
        event_type=None,
        caf=CAF,
        dossier_id=None,
        queue="clas.funding",
        routing_key="AdvanceOrdered.v1.761",
        sha256="abcdef0123456789",
        errors=(ShapeError(path="", message="not JSON"),),
    )
    (dead_letter,) = refused_messages(events_of(refused))
    assert (dead_letter.event, dead_letter.about, dead_letter.fault) == (
        "AdvanceOrdered",
        "abcdef012345",
        "not JSON",
    )
    assert deposits(events_of(refused)).filed == 0


def test_a_breach_counts_once_for_a_dossier_however_many_collectifs_have_it() -> None:
    totals = verdicts(
        events_of(
            assessed(DOSSIER, "eligible", ("eligible", "ELI-22"), ("ineligible", "ELI-23")),
            assessed(
                OTHER_DOSSIER, "ineligible", ("ineligible", "ELI-23"), ("ineligible", "ELI-23")
            ),
            assessed(THIRD, "derogation"),
        )
    )
    assert (totals.eligible, totals.derogation, totals.ineligible, totals.partly) == (1, 1, 1, 1)
    assert RuleCount("ELI-23", 2, "ELI-23") in totals.breaches
    assert RuleCount("ELI-05", 1, "ELI-05") in totals.breaches


def test_agrements_for_several_years_are_counted_apart() -> None:
    totals = decisions(
        events_of(agrement(), agrement(dossier_id=OTHER_DOSSIER, multi_year_until="2027-2028"))
    )
    assert (totals.granted, totals.several_years, totals.refused) == (2, 1, 0)


def test_only_a_cost_that_reaches_the_plafond_is_at_the_ceiling() -> None:
    priced = {"collectif_id": "C1", "ps": "2758.25", "bonus": "0.00"}
    grant = funding_granted(
        collectifs=[
            {**priced, "cost": "8487.00"},
            {**priced, "cost": "8486.99", "collectif_id": "C2"},
            {**priced, "cost": "9000.00", "collectif_id": "C3"},
        ]
    )
    assert grants(events_of(grant)).at_ceiling == 2


def test_amounts_add_up_and_name_their_bareme() -> None:
    cut = {
        "ceiling": "1.00",
        "excess": "3.00",
        "cut_from_bonus": "2.00",
        "cut_from_ps": "1.00",
        "reached": True,
    }
    events = events_of(
        funding_granted(), funding_granted(dossier_id=OTHER_DOSSIER, cap80=cut), agrement()
    )
    total = grants(events)
    assert (total.dossiers, total.collectifs, total.children) == (2, 2, 10)
    assert (total.ps, total.bonus_enfants, total.bonus_parents) == (
        Decimal("5516.50"),
        Decimal("658.00"),
        Decimal("610.00"),
    )
    assert (total.capped, total.cut_from_bonus, total.cut_from_ps) == (
        1,
        Decimal("2.00"),
        Decimal("1.00"),
    )
    (price,) = baremes(events)
    assert price.start_year == 2025
    assert price.values is not None
    assert price.values.plafond == Decimal("8487.00")


def test_an_amended_grant_replaces_the_one_before() -> None:
    amended = funding_amended()
    result = grants(events_of(funding_granted(), amended))
    assert (result.dossiers, result.ps) == (1, amended.ps_total)
    assert result.total == amended.ps_total + amended.bonus_total


def test_a_bareme_without_parameters_is_listed_by_its_source_alone() -> None:
    grant = funding_granted(
        school_year="2026-2027", bareme={"start_year": 2026, "source": "Circulaire fictive"}
    )
    (price,) = baremes(events_of(grant))
    assert (price.values, price.source) == (None, "Circulaire fictive")
    assert grants(events_of(grant)).at_ceiling == 0


def test_advances_stand_against_the_ceilings_of_all_grants() -> None:
    refused = AdvanceRefused(
        caf=CAF,
        dossier_id=DOSSIER,
        school_year=SCHOOL_YEAR,
        order_id="O-2",
        exercise=2025,
        reasons=(Reason(rule="ACO-01", message="trop"), Reason(rule="CNV-01", message="tôt")),
    )
    totals = advances(events_of(funding_granted(), advance_granted(), refused))
    of_n, of_n1 = totals.granted
    assert (of_n.exercise, of_n.count, of_n.ceiling) == (2025, 1, Decimal("772.31"))
    assert (of_n1.exercise, of_n1.count, of_n1.amount, of_n1.ceiling) == (
        2026,
        0,
        NOTHING,
        Decimal("1158.46"),
    )
    assert totals.refused == 1
    assert [reason.rule for reason in totals.reasons] == ["ACO-01", "CNV-01"]


def test_books_that_agree_are_balanced_complete_and_without_commitment_left() -> None:
    events = events_of(
        funding_granted(),
        entry(2025, *COMMITTED),
        entry(2026, *REVERSED),
        closing(2026, *REVERSED),
        closing(2025, *COMMITTED),
    )
    agreed = agreement(events)
    assert (agreed.granted, agreed.booked, agreed.unbalanced) == (1, 1, ())
    assert agreed.commitments == (("80182", NOTHING), ("8091", NOTHING))
    assert [balance.exercise for balance in closed_exercises(events)] == [2025, 2026]
    (contra, _) = closed_exercises(events)[0].trial_balance
    assert account_labels()[contra.ledger, contra.account] == "Contrepartie des engagements donnés"


def test_books_that_do_not_agree_are_reported() -> None:
    half = (("8091", "60.00", "0.00"),)
    result = agreement(
        events_of(
            funding_granted(),
            funding_granted(dossier_id=OTHER_DOSSIER),
            entry(2025, *COMMITTED),
            closing(2025, *half),
        )
    )
    assert (result.granted, result.booked, result.unbalanced) == (2, 1, (2025,))
    assert result.commitments == (("80182", Decimal("-60.00")), ("8091", Decimal("60.00")))


def test_a_trial_balance_that_is_not_the_sum_of_its_entries_is_reported_even_if_it_balances() -> (
    None
):
    more = (("8091", "61.00", "0.00"), ("80182", "0.00", "61.00"))
    result = agreement(events_of(entry(2025, *COMMITTED), closing(2025, *more)))
    assert result.unbalanced == (2025,)
