"""The change that `clas explain` names for dates, periods and collectifs left out."""

import pytest

from shared.contracts.base import WireModel
from tests.support import life, samples
from tests.support.explaining import decisions_on, text
from tests.support.samples import collectif

GRANTED = (samples.campaign(), samples.dossier(), samples.committee_decision())


async def test_accounts_that_leave_a_collectif_out_are_to_name_it() -> None:
    two = samples.dossier(collectifs=[collectif(), collectif(collectif_id="C2")])
    granted = (GRANTED[0], two, samples.committee_decision(collectifs=["C1", "C2"]))
    plain = text(
        "gestionnaire",
        await decisions_on([*granted, samples.convention(), life.result_account_filed()]),
    )

    assert (
        "1 changement suffit : rendre compte aussi des collectifs accordés C2, même sans activité."
    ) in plain


@pytest.mark.parametrize(
    ("messages", "change"),
    [
        (
            (*GRANTED[:2], samples.committee_decision(decided_on="2025-07-09")),
            "décider à partir du dépôt, le 10 juillet 2025.",
        ),
        (
            (
                *GRANTED,
                samples.convention(signed_on="2025-08-01"),
                samples.advance_order(ordered_on="2025-08-20"),
            ),
            "ordonner l’acompte à partir de la décision d’agrément, le 2 octobre 2025.",
        ),
    ],
)
async def test_what_comes_before_its_time_names_the_day(
    messages: tuple[WireModel, ...], change: str
) -> None:
    plain = text("gestionnaire", await decisions_on(messages))

    assert f"1 changement suffit : {change}" in plain


@pytest.mark.parametrize(
    ("filed_on", "change"),
    [
        ("2025-12-31", "à partir du 1er janvier 2026."),
        ("2027-09-01", "au plus tard le 31 août 2027."),
    ],
)
async def test_a_renewal_out_of_season_names_its_nearest_day(filed_on: str, change: str) -> None:
    messages = (
        samples.campaign(multi_year_until="2026-2027"),
        samples.dossier(multi_year={"until": "2026-2027"}),
        samples.committee_decision(multi_year_until="2026-2027"),
        samples.bareme(),
        life.annual_renewal_filed(school_year="2026-2027", filed_on=filed_on),
    )
    plain = text("gestionnaire", await decisions_on(messages))

    assert f"1 changement suffit : déposer le renouvellement {change}" in plain


@pytest.mark.parametrize(
    ("period", "change"),
    [
        ({"starts_on": "2025-08-25"}, "fonctionner du 3 novembre 2025 au 12 juin 2026."),
        (
            {"starts_on": "2026-06-12", "ends_on": "2025-11-03"},
            "fonctionner du 3 novembre 2025 au 15 juin 2026.",
        ),
        ({"weeks": 60}, "déclarer 32 semaines au plus au lieu de 60."),
    ],
)
async def test_an_impossible_calendar_is_brought_into_the_year(
    period: dict[str, object], change: str
) -> None:
    dossier = samples.dossier(collectifs=[collectif(**period)], bonus_requests=[])
    plain = text("gestionnaire", await decisions_on([samples.campaign(), dossier]))

    assert f"1 changement suffit : collectif C1 : {change}" in plain


async def test_a_second_project_beside_a_covered_one_is_to_be_named_as_such() -> None:
    covering = life.agrement_imported(dossier_id="ANCIEN")
    messages = (samples.campaign(), covering, samples.dossier())
    plain = text("gestionnaire", await decisions_on(messages))

    assert (
        "1 changement suffit : si le projet n’est pas celui du dossier ANCIEN, le dire avec"
        " son motif."
    ) in plain
