"""The day that counts for each fact of a dossier, and what an agrement leaves out."""

from datetime import date

from services.cli.dossier.document import days_of, texts_of
from shared.contracts.common import Reason, RequestRefused
from shared.contracts.eligibility import AgrementRefused, CollectifAssessment, EligibilityAssessed
from shared.contracts.legal_dates import Fact, legal_dates
from shared.contracts.submission import DossierHeld
from shared.kernel.timeline import TimelineEntry
from tests.support import samples
from tests.unit.cli.builders import at

REFUSED = AgrementRefused(caf="761", dossier_id=samples.DOSSIER, motive="Besoin couvert")
DECIDED = samples.committee_decision(decided_on="2025-10-02")


def test_an_answer_without_a_day_of_its_own_counts_from_the_request() -> None:
    request, answer = (
        TimelineEntry("d", "CommitteeDecided", "Caf", at(1), DECIDED),
        TimelineEntry("r", "AgrementRefused", "eligibility", at(2), REFUSED, cause="d"),
    )

    assert days_of([request, answer]) == {"d": date(2025, 10, 2), "r": date(2025, 10, 2)}


def test_the_nearest_cause_with_a_day_counts_whatever_the_order() -> None:
    held = DossierHeld(
        caf="761", dossier_id=samples.DOSSIER, revision=1, waits_for="interim_report"
    )
    facts = [Fact("late", "held", REFUSED), Fact("held", "s", held), Fact("s", None, DECIDED)]

    assert legal_dates(facts)["late"] == date(2025, 10, 2)


def test_without_any_stated_day_there_is_none() -> None:
    reason = Reason(rule="ENV-01", message="Une phrase.")
    refused = RequestRefused(event_id="a", event_type="t", caf="761", reasons=(reason,))

    assert legal_dates([Fact("a", "b", refused), Fact("b", "a", None), Fact("c", "x", None)]) == {}


def test_an_agrement_names_the_bonuses_that_were_requested_and_not_granted() -> None:
    of_c1 = CollectifAssessment(
        collectif_id="C1", verdict="eligible", findings=(), bonuses_requested=("enfants", "parents")
    )
    agrement = samples.agrement()
    parents_only = agrement.collectifs[0].with_changes(bonuses=("parents",))
    assessed = EligibilityAssessed(
        caf="761",
        dossier_id=samples.DOSSIER,
        school_year="2025-2026",
        verdict="eligible",
        findings=(),
        rules_version="2021-2022",
        collectifs=(of_c1,),
        multi_year_allowed_until="2025-2026",
    )
    entries = [
        TimelineEntry("a", "EligibilityAssessed", "eligibility", at(1), assessed),
        TimelineEntry(
            *("g", "AgrementGranted", "eligibility", at(2)),
            agrement.with_changes(collectifs=(parents_only,)),
        ),
    ]

    _, granted = texts_of(entries)

    assert granted.lines[-1] == "Bonus enfants demandé pour C1, non accordé par le comité [BON-06]."
