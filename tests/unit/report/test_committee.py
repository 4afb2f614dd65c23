"""The report for a sitting of the committee: verdict, forecast and remarks of each dossier."""

from decimal import Decimal

from services.eligibility.service import SERVICE as ELIGIBILITY
from services.funding.reports.committee import committee
from services.funding.service import SERVICE
from shared.contracts.eligibility import EligibilityAssessed
from shared.contracts.forecasts import FundingForecast
from tests.support import samples
from tests.support.decide import decide, only_event


def forecast() -> FundingForecast:
    """Return the forecast of a collectif of 9 000 euros with both bonuses, and a wide budget."""
    received = samples.dossier_received(budget__total_annual_cost="20000.00")
    assessed = only_event(decide(ELIGIBILITY, received), EligibilityAssessed)
    return only_event(decide(SERVICE, assessed), FundingForecast)


def test_each_dossier_before_the_committee_has_its_forecast_and_what_to_settle() -> None:
    names = {samples.DOSSIER: "Les Amis de l'école", "A-2": "Sans barème"}

    sheet = committee(names, [forecast()], "761", "2025-2026")

    without, priced = sheet.rows
    assert without == (
        *("A-2", "Sans barème", None, None, None, None),
        "le barème de l'année n'est pas connu [PRX-07]",
    )
    assert priced[:3] == (samples.DOSSIER, "Les Amis de l'école", "éligible")
    assert priced[3:6] == (Decimal("2758.25"), Decimal("634.00"), Decimal("3392.25"))
    assert str(priced[6]).startswith("[COF-05] Il manque ")
    assert sheet.total[3:6] == (Decimal("2758.25"), Decimal("634.00"), Decimal("3392.25"))
    assert sheet.title == "Dossiers à décider, Caf 761, année scolaire 2025-2026 : 2"


def test_of_two_forecasts_the_last_counts() -> None:
    later = forecast().with_changes(ps_total=Decimal("1000.00"))

    (row,) = committee({samples.DOSSIER: ""}, [forecast(), later], "761", "2025-2026").rows

    assert row[3] == Decimal("1000.00")
