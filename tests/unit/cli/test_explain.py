"""The explanation of a dossier for a gestionnaire, an instructeur and an auditeur."""

import re
from dataclasses import replace
from importlib.metadata import version
from typing import get_args

import pytest

from services.cli.explain.audiences import Audience
from shared.contracts.base import WireModel
from tests.support import life, samples
from tests.support.explaining import decisions_on, story_messages, text
from tests.support.samples import collectif

GRANTED = (samples.campaign(), samples.dossier(), samples.committee_decision())


def lines(explanation: str) -> list[str]:
    return [line.strip() for line in explanation.splitlines()]


async def test_a_dossier_after_its_window_has_no_change_to_propose() -> None:
    late = samples.dossier(signed_at="2025-09-02T10:00:00+02:00")
    decisions = await decisions_on([samples.campaign(), late])

    plain = lines(text("gestionnaire", decisions))
    assert plain[0] == "Dossier rejeté, révision 1"
    assert "5 points vérifiés, dont 1 non conforme." in plain
    assert (
        "• Le signataire a validé la demande le 02/09/2025 à 10:00:00 (heure de Paris) ;"
        " la période de dépôt va du 13/06/2025 au 31/08/2025 inclus."
    ) in plain
    assert not any(line.startswith("Pour changer cette décision") for line in plain)


async def test_a_dossier_before_its_window_shows_the_one_sufficient_change() -> None:
    early = samples.dossier(signed_at="2025-06-02T10:00:00+02:00")
    plain = lines(text("gestionnaire", await decisions_on([samples.campaign(), early])))

    assert (
        "Pour changer cette décision : 1 changement suffit : valider la demande dans la période de"
        " dépôt, à partir du 13 juin 2025."
    ) in plain


async def test_two_grounds_of_rejection_need_two_changes() -> None:
    wrong = samples.dossier(channel="courrier", signed_at=None)
    plain = text("gestionnaire", await decisions_on([samples.campaign(), wrong]))

    assert (
        "2 changements suffisent ensemble : déposer la demande sur la plateforme ELAN ; faire"
        " valider la demande par le signataire dans ELAN, au plus tard le 31 août 2025."
    ) in plain


async def test_a_dossier_before_its_campaign_waits_and_has_nothing_to_change() -> None:
    plain = text("gestionnaire", await decisions_on([samples.dossier()]))

    assert plain.startswith("Dossier en attente, révision 1\nDate retenue : 10 juillet 2025 ;")
    assert "Pour changer cette décision" not in plain


async def test_complements_name_the_missing_descriptions() -> None:
    blank = samples.dossier(
        project__descriptions__parents=" ",
        collectifs=[collectif(), collectif(collectif_id="C2", grades=["6e"])],
    )
    plain = text("gestionnaire", await decisions_on([samples.campaign(), blank]))

    assert (
        "2 changements suffisent ensemble : décrire les actions menées avec et pour les parents ;"
        " déposer à part, dans un projet de leur niveau : C2."
    ) in plain


async def test_an_ineligible_collectif_shows_rule_text_value_and_change() -> None:
    few = samples.dossier(
        collectifs=[collectif(children=6, sessions_per_week=1, minutes_per_session=60)],
        bonus_requests=[],
    )
    decisions = await decisions_on([samples.campaign(), few])

    plain = lines(text("gestionnaire", decisions))
    assert "Projet inéligible" in plain
    assert "45 points vérifiés, dont 2 non conformes." in plain
    assert (
        "Pour changer cette décision : 3 changements suffisent ensemble : collectif C1 : réunir 8"
        " enfants au lieu de 6 ; collectif C1 : tenir 2 séances par semaine au lieu de 1 ;"
        " collectif C1 : tenir des séances de 90 minutes au lieu de 60."
    ) in plain
    checks = lines(text("instructeur", decisions))
    size = checks.index(
        "• Non conforme [ELI-23] C1 : Le collectif réunit 6 enfants : il doit en réunir de 8 à 12"
        " enfants. Constaté : 6 enfants. Attendu : de 8 à 12 enfants (circulaire 2021-006,"
        " définition d'un collectif)."
    )
    assert checks[size + 1].startswith("Texte : ")
    assert checks[size + 2] == (
        "Valeur : effectif du collectif (valeur de 2021) : minimum 8, minimum abaissé 5, maximum 12"
        " — circulaire 2021-006, définition d'un collectif"
    )


async def test_the_cheapest_of_two_collectifs_is_enough() -> None:
    two = samples.dossier(
        collectifs=[
            collectif(weeks=20, intervenants=1),
            collectif(collectif_id="C2", whole_year=False),
        ],
        bonus_requests=[],
    )
    plain = text("gestionnaire", await decisions_on([samples.campaign(), two]))

    assert "1 changement suffit : collectif C2 : fonctionner toute l’année scolaire." in plain


async def test_only_a_change_that_suffices_alone_is_proposed() -> None:
    """One session a week, long enough: a second session suffices, longer ones would not."""
    messages = samples.dossier(
        collectifs=[collectif(sessions_per_week=1, minutes_per_session=120)], bonus_requests=[]
    )
    plain = text("gestionnaire", await decisions_on([samples.campaign(), messages]))

    assert "collectif C1 : tenir 2 séances par semaine au lieu de 1." in plain
    assert "ou bien" not in plain


BREACHES = {
    "project__activities": (["aide_aux_devoirs"], "proposer une activité de détour"),
    "project__need_identified_with_schools": (False, "constater le besoin avec"),
    "project__parents_agreement": (False, "recueillir l’accord des parents"),
    "project__charter__laicite": (False, "s’engager sur la laïcité"),
    "project__diagnosis": ("", "joindre le diagnostic"),
    "project__schools": ([], "associer au moins un établissement scolaire"),
    "project__coordinator": (None, "désigner un coordinateur expérimenté, diplômé de niveau 5"),
    "project__coordinator__diploma_level": (3, "confier la coordination à une personne"),
    "project__objectives__AXE-E3": ("", "prévoir une action pour l’objectif AXE-E3"),
    "project__partners": ([], "prévoir une action pour l’objectif AXE-T1"),
    "budget__resources": ([], "trouver un financeur en dehors de la branche Famille"),
    "collectifs__0__grades": (["GS", "CP"], "C1 : ne plus accueillir les classes GS"),
    "collectifs__0__children": (15, "C1 : réunir 12 enfants au lieu de 15"),
    "collectifs__0__whole_year": (False, "C1 : fonctionner toute l’année scolaire"),
    "collectifs__0__single_place": (False, "C1 : se réunir dans un même lieu"),
    "collectifs__0__outside_school_time": (False, "C1 : tenir toutes les séances hors du temps"),
    "collectifs__0__weeks": (20, "C1 : fonctionner 27 semaines au lieu de 20"),
    "collectifs__0__intervenants": (1, "C1 : avoir 2 intervenants au lieu de 1"),
    "collectifs__0__home_share": ("1.00", "C1 : ramener à 50 % au plus la part à domicile"),
}


@pytest.mark.parametrize("field", BREACHES)
async def test_each_violated_rule_has_one_sufficient_change(field: str) -> None:
    value, change = BREACHES[field]
    dossier = samples.dossier(**{field: value})
    plain = text("gestionnaire", await decisions_on([samples.campaign(), dossier]))

    assert re.search(rf"1 changement suffit : (collectif )?{re.escape(change)}", plain), plain


async def test_home_without_a_common_time_needs_one_a_month() -> None:
    alone = samples.dossier(
        collectifs__0__home_share="0.30", collectifs__0__collective_events_per_month=0
    )
    plain = text("gestionnaire", await decisions_on([samples.campaign(), alone]))

    assert "C1 : organiser au moins 1 temps collectif par mois." in plain


async def test_a_rejected_decision_of_the_committee_shows_three_changes() -> None:
    decision = samples.committee_decision(
        members_present=[],
        derogations_granted=[{"collectif_id": "C1", "rule": "ELI-27"}],
        multi_year_until="2028-2029",
    )
    plain = text("gestionnaire", await decisions_on([*GRANTED[:2], decision]))

    assert (
        "3 changements suffisent ensemble : nommer les membres présents du comité ; accorder"
        " exactement les dérogations nécessaires : aucune ; arrêter l’agrément à 2025-2026."
    ) in plain


CAPPED: tuple[WireModel, ...] = (
    samples.campaign(),
    samples.dossier(budget__total_annual_cost="4000.00"),
    samples.committee_decision(),
)


async def test_a_capped_grant_shows_the_cut_and_proposes_no_other_amount() -> None:
    """3 392.25 asked, 80 % of 4 000.00 is 3 200.00: 192.25 cut."""
    plain = lines(text("gestionnaire", await decisions_on(CAPPED)))

    assert not any(line.startswith("Pour changer cette décision") for line in plain)
    assert "Calculé : Ps 2 758,25 € et bonus 441,75 €, soit 3 200,00 €." in plain
    assert (
        "Le plafond des 80 % (3 200,00 €) est dépassé de 192,25 € à l’accord : 192,25 € sont"
        " retirés des bonus et 0,00 € de la Ps [COF-02]."
    ) in plain


async def test_an_amended_grant_that_is_capped_has_no_change_to_propose() -> None:
    """The message of an amendment has no budget that could be another one."""
    messages = (
        samples.campaign(),
        samples.dossier(
            collectifs=[collectif(), collectif(collectif_id="C2")],
            budget__total_annual_cost="4000.00",
        ),
        samples.committee_decision(collectifs=["C1", "C2"]),
        life.amendment_decided(effect="reduced", collectifs=["C1"]),
    )
    plain = text("gestionnaire", await decisions_on(messages))
    amended = plain[plain.index("Agrément réduit") :]

    assert "est dépassé de" in amended
    assert "Pour changer cette décision" not in amended


async def test_an_advance_beyond_its_ceiling_shows_the_largest_amount() -> None:
    messages = (
        *GRANTED,
        samples.convention(),
        samples.advance_order(amount="700.00"),
        samples.advance_order(order_id="ORD-2", amount="100.00"),
    )
    plain = lines(text("gestionnaire", await decisions_on(messages)))

    assert (
        "Pour changer cette décision : 1 changement suffit : ordonner au plus 72,31 € au lieu de"
        " 100,00 €."
    ) in plain
    assert "Versé à ce jour : 700,00 € d’acomptes ; reste 2 692,25 €." in plain
    assert "Sur 2025, les acomptes vont jusqu’à 772,31 € : il reste 72,31 € possibles." in plain


@pytest.mark.parametrize(
    ("order", "change"),
    [
        ({}, "faire signer la convention au plus tard le 5 novembre 2025."),
        (
            {"exercise": 2026},
            (
                "faire signer la convention au plus tard le 5 novembre 2025 ; ordonner"
                " l’acompte à partir du 1er janvier 2026."
            ),
        ),
        (
            {"exercise": 2027},
            (
                "faire signer la convention au plus tard le 5 novembre 2025 ; ordonner"
                " l’acompte sur l’exercice 2025."
            ),
        ),
        (
            {"amount": "0.00"},
            (
                "faire signer la convention au plus tard le 5 novembre 2025 ; ordonner"
                " un montant supérieur à zéro."
            ),
        ),
    ],
)
async def test_an_advance_that_breaks_several_rules(order: dict[str, object], change: str) -> None:
    plain = text("gestionnaire", await decisions_on([*GRANTED, samples.advance_order(**order)]))

    assert f": {change}" in plain


async def test_a_project_wholly_of_another_level_belongs_there() -> None:
    college = samples.dossier(collectifs=[collectif(grades=["6e"])], bonus_requests=[])
    plain = text("gestionnaire", await decisions_on([samples.campaign(), college]))

    assert "1 changement suffit : déposer le projet au niveau collège." in plain


async def test_an_advance_before_the_convention_waits_for_it() -> None:
    messages = (*GRANTED, samples.convention(), samples.advance_order(ordered_on="2025-10-15"))
    plain = text("gestionnaire", await decisions_on(messages))

    assert "1 changement suffit : attendre la signature de la convention, le 20 octobre" in plain


SETTLED = (
    *GRANTED,
    samples.convention(),
    samples.advance_order(),
    life.result_account_filed(
        collectifs=[life.actual_collectif(actual_cost="2000.00", bonus_done=["enfants"])]
    ),
)


async def test_a_settled_right_explains_why_calculated_and_paid_differ() -> None:
    """Ps 650.00 (260.00 and 390.00) and 329.00 of bonus; 700.00 of advances on 2025."""
    explanation = text("gestionnaire", await decisions_on(SETTLED))
    plain = lines(explanation[explanation.index("Montants 2025-2026") :])

    assert plain == [
        "Montants 2025-2026",
        "Calculé : Ps 2 758,25 € et bonus 634,00 €, soit 3 392,25 €.",
        "Dû au solde : Ps 650,00 € et bonus 329,00 €, soit 979,00 €.",
        (
            "C’est 2 413,25 € de moins que prévu : le solde se calcule sur les comptes définitifs."
            " C1 a coûté 2 000,00 € au lieu de 9 000,00 €."
        ),
        "Acomptes : 700,00 € ; dû moins acomptes : 279,00 €.",
        (
            "Sur 2025, les acomptes dépassent ce qui est dû : 440,00 € sont à rembourser, sans"
            " compensation avec l’autre exercice [CPT-05]."
        ),
        "Le paiement lui-même est fait par Sias, hors de ce système [CPT-13].",
    ]


async def test_a_refused_account_shows_what_it_lacks() -> None:
    early = life.result_account_filed(report__financial=False, filed_on="2025-12-20")
    plain = text("gestionnaire", await decisions_on([*GRANTED, samples.convention(), early]))

    assert (
        "2 changements suffisent ensemble : présenter les trois parties du bilan (qualitative,"
        " quantitative, financière) ; déposer les comptes à partir du 13 juin 2026."
    ) in plain


async def test_a_control_and_a_reversal_are_in_the_amounts() -> None:
    early = life.control_concluded(answered_on=None, decided_on="2027-02-20", control_id="CTL-0")
    lower = life.control_concluded(collectifs=[life.actual_collectif(actual_cost="1000.00")])
    messages = (
        *GRANTED,
        samples.convention(),
        samples.advance_order(),
        life.advance_reversal_ordered(),
        life.result_account_filed(),
        early,
        lower,
    )
    plain = text("gestionnaire", await decisions_on(messages))

    assert "attendre une réponse, ou décider à partir du 3 mars 2027." in plain
    assert "L’acompte ORD-1 de 700,00 € est annulé (Montant saisi pour un autre dossier)" in plain
    assert "À verser au solde : 3 392,25 €." in plain
    # 2 758.25 less 325.00; the bonus stands.
    assert "Contrôle CONTROLE-1 : indu de 2 433,25 € à rembourser [CTL-06]." in plain


async def test_a_grant_that_waits_for_credits_shows_the_raise() -> None:
    small = life.envelope_allotted(amount="1000.00")
    plain = text("gestionnaire", await decisions_on([small, *GRANTED]))

    assert (
        "1 changement suffit : relever l’enveloppe : 1 103,30 € au lieu de 1 000,00 € pour 2025."
    ) in plain


async def test_a_grant_that_waits_for_its_bareme_names_it() -> None:
    later = {"school_year": "2026-2027"}
    messages = (
        samples.campaign(**later),
        samples.dossier(**later),
        samples.committee_decision(),
    )
    plain = text("gestionnaire", await decisions_on(messages))

    assert "1 changement suffit : publier le barème de 2026-2027." in plain


async def test_a_right_that_is_cancelled_owes_its_advances() -> None:
    messages = (
        *GRANTED,
        samples.convention(),
        samples.advance_order(),
        life.funding_cancellation_ordered(),
    )
    plain = text("gestionnaire", await decisions_on(messages))

    assert "plus rien n’est dû, et les 700,00 € d’acomptes sont à rembourser." in plain


async def test_the_auditeur_reads_hashes_versions_values_steps_and_entries() -> None:
    decisions = await decisions_on(SETTLED)
    (priced,) = (
        decision
        for decision in decisions
        if (decision.name, decision.service.name) == ("AgrementGranted", "funding")
    )
    plain = lines(text("auditeur", decisions))

    assert f"Reçu {priced.receipt.hash}, intact" in plain
    assert (
        f"Programme {version('clas')}, paramètres {priced.document['rules']['parameters']}" in plain
    )
    grant = f"grants {samples.DOSSIER}|2025-2026"
    assert f"• État lu, {grant} : n’existait pas" in plain
    assert any(line.startswith(f"• État décidé, {grant} : version 1, ") for line in plain)
    assert (
        "• Valeur lue, barème (valeur de 2025) : plafond 8 487,00 €, Ps maximale 2 758,25 €, bonus"
        " enfants 329,00 €, bonus parents 305,00 € — Note de cadrage départemental Clas de la"
        " Seine-Maritime 2025-2026"
    ) in [line.partition(" : «")[0] for line in plain]
    assert "Montants : cost = 9000.00, plafond = 8487.00, share = 0.325, ps = 2758.25" in plain
    assert any(
        re.fullmatch(r"• débit SF 6562322410 700,00 € .*\[CPT-01\].*", each) for each in plain
    )


async def test_a_receipt_that_was_changed_is_reported() -> None:
    decisions = await decisions_on([samples.campaign(), samples.dossier()])
    forged = replace(decisions[0].receipt, content=decisions[0].receipt.content + b" ")
    changed = replace(decisions[0], receipt=forged)

    assert f"Reçu {forged.hash}, MODIFIÉ après coup" in text("auditeur", [changed])


@pytest.mark.parametrize("name", ["02-small-rural-collectif", "19-envelope-too-small-then-raised"])
@pytest.mark.parametrize("audience", get_args(Audience))
async def test_every_decision_of_a_story_can_be_explained_to_every_audience(
    name: str, audience: Audience
) -> None:
    messages = story_messages(name)
    ids = {data.dossier_id for data in messages if hasattr(data, "dossier_id")}
    for dossier_id in sorted(ids):
        explanation = text(audience, await decisions_on(messages, dossier_id))

        assert "Montants 2025-2026" in explanation
        assert "None" not in explanation
