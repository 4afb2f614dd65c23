"""Motive, conditions and ways out: what `clas explain` tells to every audience."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from services.cli.explain.audiences import Audience
from services.cli.explain.document import explain_document
from services.cli.explain.ways_out import OVER
from services.cli.rules.catalogue import own_rules, rule_of, rules
from shared.contracts.base import WireModel
from shared.contracts.registry import EVENTS
from tests.support import life, samples
from tests.support.explaining import decisions_on, text
from tests.support.samples import collectif

FILED = (samples.campaign(), samples.dossier())
FILED_FOR_TWO = (
    samples.campaign(multi_year_until="2027-2028"),
    samples.dossier(
        collectifs=[collectif(), collectif(collectif_id="C2", children=6)],
        multi_year={"until": "2026-2027"},
    ),
)
every_audience = pytest.mark.parametrize("audience", get_args(Audience))


async def shown(audience: Audience, *messages: WireModel) -> str:
    return text(audience, await decisions_on(messages))


@every_audience
async def test_a_refusal_shows_its_motive_and_the_way_out(audience: Audience) -> None:
    refused = samples.committee_decision(
        outcome="refused", motive="Le besoin est déjà couvert", collectifs=[], bonuses=[]
    )
    plain = await shown(audience, *FILED, refused)

    assert "Motif : Le besoin est déjà couvert" in plain
    assert (
        "Suite possible : Le comité se prononce une fois sur un dossier [COM-10]. Un autre projet"
        " peut être déposé, pendant la période de dépôt ou à l’appel à projets suivant."
    ) in plain


@every_audience
async def test_an_adjournment_shows_its_motive_and_the_way_out(audience: Audience) -> None:
    adjourned = samples.committee_decision(
        outcome="adjourned", motive="Le budget est à préciser", collectifs=[], bonuses=[]
    )
    plain = await shown(audience, *FILED, adjourned)

    assert "Motif : Le budget est à préciser" in plain
    assert (
        "Suite possible : Le dossier reste instruit : le comité peut se prononcer à une autre"
        " séance, sans nouveau dépôt. D’ici là, le gestionnaire peut le retirer [RET-03]."
    ) in plain


@every_audience
async def test_an_agrement_shows_its_conditions(audience: Audience) -> None:
    granted = samples.committee_decision(
        members_present=["CAF", "Région"],
        bonuses=[],
        criteria={"diagnosis": True},
        motive="Sous réserve d’un bilan à mi-parcours",
        multi_year_until="2026-2027",
    )
    plain = await shown(audience, *FILED_FOR_TWO, granted)

    for line in (
        "Motif : Sous réserve d’un bilan à mi-parcours",
        "Critère diagnostic [COM-08] : oui.",
        "Présents sans être membres selon l’appel à projets : Région [COM-01].",
        "Collectifs non retenus : C2.",
        "Bonus enfants demandé pour C1, non accordé par le comité [BON-06].",
        "Bonus parents demandé pour C1, non accordé par le comité [BON-06].",
        "Aucun acompte n’est versé avant la signature de la convention [CNV-01].",
        (
            "Chaque année après la première se demande dans ELAN, avec le bilan entier de l’année"
            " écoulée [PLU-03, PLU-06]."
        ),
    ):
        assert line in plain


@every_audience
async def test_an_assessment_shows_priorities_and_duration(audience: Audience) -> None:
    campaign = samples.campaign(priorities=["parentalité", "quartiers prioritaires"])
    plain = await shown(audience, campaign, samples.dossier())

    assert "Priorités de l’appel à projets : parentalité et quartiers prioritaires [ELI" in plain
    assert "Agrément possible jusqu’à 2025-2026." in plain


@every_audience
async def test_a_forecast_is_dated_by_the_deposit_behind_the_assessment(audience: Audience) -> None:
    plain = await shown(audience, *FILED)

    forecast = plain[plain.index("Financement prévisionnel") :]
    assert "Date retenue : 10 juillet 2025 ; traité le" in forecast


@every_audience
async def test_a_needed_derogation_is_left_to_the_committee(audience: Audience) -> None:
    one_session = collectif(sessions_per_week=1, minutes_per_session=120, premises_constraint=True)
    dossier = samples.dossier(collectifs=[one_session])
    decision = samples.committee_decision(
        derogations_granted=[{"collectif_id": "C1", "rule": "ELI-27"}]
    )
    plain = await shown(audience, samples.campaign(), dossier, decision)

    assert (
        "Suite possible : Le comité peut accorder les dérogations nécessaires, et elles seulement"
        " [DER-06]."
    ) in plain
    assert "Dérogation accordée : ELI-27 pour C1." in plain


@every_audience
async def test_an_ineligible_project_may_be_withdrawn(audience: Audience) -> None:
    plain = await shown(audience, FILED[0], samples.dossier(project__parents_agreement=False))

    assert (
        "Suite possible : Le comité ne peut pas accorder ce projet [COM-04]. Avant sa décision, la"
        " Caf peut demander des compléments, ce qui rouvre le dossier [COM-09], ou le gestionnaire"
        " peut le retirer [RET-03] et en déposer un autre, pendant la période de dépôt ou à l’appel"
        " à projets suivant."
    ) in plain
    assert "Agrément possible" not in plain


@every_audience
async def test_a_rejected_dossier_names_the_last_day(audience: Audience) -> None:
    plain = await shown(audience, FILED[0], samples.dossier(signed_at=None))

    assert (
        "Suite possible [REC-08] : Le dossier peut revenir comme sa révision suivante, validée par"
        " le signataire, jusqu’au 31 août 2025 inclus ou à l’appel à projets suivant comme nouveau"
        " dossier."
    ) in plain


@every_audience
async def test_one_way_out_answers_several_rules(audience: Audience) -> None:
    blank = samples.dossier(project__descriptions__parents=" ", project__descriptions__children=" ")
    plain = await shown(audience, FILED[0], blank)

    assert (
        "Suite possible [REC-14, REC-15] : Déposer la révision suivante du même dossier, complétée"
        " et validée par le signataire. Elle peut venir après la période de dépôt : la date de"
        " dépôt reste celle de la première révision."
    ) in plain


@every_audience
async def test_a_held_dossier_names_what_frees_it(audience: Audience) -> None:
    plain = await shown(audience, FILED[0], samples.dossier(previous_clas=True))

    assert (
        "Suite possible : Remettre à la Caf le bilan intermédiaire attendu, ou lui faire"
        " enregistrer que rien n’a fonctionné : le dossier est repris sans nouveau dépôt [REC-09]."
    ) in plain


@every_audience
async def test_a_dossier_before_its_campaign_names_what_frees_it(audience: Audience) -> None:
    plain = await shown(audience, FILED[1])

    (way_out,) = [line for line in plain.splitlines() if "Suite possible" in line]
    assert way_out.strip() == (
        "Suite possible : La Caf ouvre son appel à projets : le dossier est repris sans nouveau"
        " dépôt [REC-20]."
    )


@every_audience
async def test_a_reopened_dossier_takes_its_next_revision(audience: Audience) -> None:
    complements = [{"rule": None, "message": "Corriger la date de début du collectif C1."}]
    plain = await shown(audience, *FILED, samples.complements_ordered(asked=complements))

    assert (
        "Suite possible : Le gestionnaire dépose la révision suivante, corrigée et validée : elle"
        " est jugée et instruite de nouveau [COM-09]."
    ) in plain
    assert "renvoyer la demande" not in plain


def test_accounts_and_controls_are_sent_again_with_every_collectif() -> None:
    rule = rules()["SOL-03"]

    accounts, control = (
        rule.way_out_of(each) for each in ("ResultAccountFiled", "ControlConcluded")
    )

    assert accounts
    assert accounts.startswith("Déposer de nouveau les comptes, avec les trois parties du bilan et")
    assert control
    assert control.startswith("Conclure de nouveau le contrôle, avec tous les collectifs accordés")


@every_audience
async def test_an_amended_agrement_shows_legal_ground_and_motive(audience: Audience) -> None:
    messages = (*FILED, samples.committee_decision(), life.amendment_decided())
    plain = await shown(audience, *messages)

    assert (
        "Fondement : Convention d'objectifs et de financement, article 6 ; motif : Cessation"
        " d'activité [AGR-03]."
    ) in plain


async def test_the_same_rule_leaves_other_ways_out_to_other_requests() -> None:
    messages = (samples.advance_order(), life.result_account_filed())
    plain = await shown("gestionnaire", *messages)

    assert (
        "Suite possible [COM-05] : Attendre que le financement soit accordé, puis renvoyer l’ordre."
        " Un droit annulé ou refusé ne reçoit pas d’acompte."
    ) in plain
    assert "[COM-05] : Attendre que le financement soit accordé, puis déposer de nouveau" in plain


@every_audience
async def test_once_the_window_is_closed_no_revision_is_proposed(audience: Audience) -> None:
    late = samples.dossier(signed_at="2025-09-03T10:00:00+02:00")
    plain = await shown(audience, FILED[0], late)

    assert (
        "Suite possible [REC-07] : La période de dépôt est close depuis le 31 août 2025 : le projet"
        " se dépose à l’appel à projets suivant, comme nouveau dossier."
    ) in plain
    assert "au plus tard le 31 août 2025" not in plain
    assert "révision suivante" not in plain
    assert "une personne doit décider" not in plain


@every_audience
async def test_other_levels_go_to_the_next_call_once_the_window_is_closed(
    audience: Audience,
) -> None:
    mixed = samples.dossier(collectifs=[collectif(), collectif(collectif_id="C2", grades=["6e"])])
    revision = mixed.with_changes(revision=2, deposited_at=datetime(2025, 9, 3, tzinfo=UTC))
    plain = await shown(audience, FILED[0], mixed, revision)

    assert (
        "et un dossier distinct pour chaque autre niveau, à l’appel à projets suivant, la période"
        " de dépôt étant close depuis le 31 août 2025."
    ) in plain


async def test_an_exercise_that_has_passed_takes_no_order() -> None:
    granted = (*FILED, samples.committee_decision(), samples.convention())
    order = samples.advance_order(exercise=2025, ordered_on="2026-02-10", amount="700.00")
    plain = await shown("gestionnaire", *granted, order)

    assert (
        "Suite possible [ACO-04] : L’exercice 2025 est passé : ordonner sur l’exercice suivant de"
        " l’année scolaire s’il est en cours, le reste vient au solde [SOL-03]."
    ) in plain
    assert "1 changement suffit : ordonner l’acompte sur l’exercice 2026." in plain
    assert "31 décembre 2025" not in plain


async def test_an_advance_after_a_refused_agrement_is_not_to_be_sent_again() -> None:
    refused = samples.committee_decision(
        outcome="refused", motive="Le besoin est couvert", collectifs=[], bonuses=[]
    )
    plain = await shown("gestionnaire", *FILED, refused, samples.advance_order())

    assert (
        "Suite possible [COM-05] : Le comité a refusé l’agrément : aucun versement n’est possible."
        " Un autre projet se dépose à l’appel à projets suivant."
    ) in plain
    assert "renvoyer l’ordre" not in plain


async def test_reached_80_percent_are_a_condition() -> None:
    capped = samples.dossier(budget__total_annual_cost="4000.00")
    plain = await shown("gestionnaire", FILED[0], capped, samples.committee_decision())

    assert (
        "À régler par une personne : La branche Famille finance 80 % du coût du projet : le comité"
        " doit le justifier. [COF-03]"
    ) in plain


async def test_a_sound_dossier_has_no_way_out() -> None:
    assert "Suite possible" not in await shown("gestionnaire", *FILED, samples.committee_decision())


async def test_the_json_document_holds_conditions_and_ways_out() -> None:
    decisions = await decisions_on([FILED[0], samples.dossier(signed_at=None)])
    (rejected,) = explain_document(samples.DOSSIER, "auditeur", decisions).decisions

    assert rejected.conditions == ()
    assert [way_out.rules for way_out in rejected.ways_out] == [("REC-08",)]


def test_every_refusal_has_a_way_out() -> None:
    missing = [
        (spec.name, rule)
        for spec in EVENTS
        for rule in spec.refusals
        if not ((entry := rule_of(rule)) and entry.way_out_of(spec.name))
    ]
    assert missing == []


def test_the_catalogue_has_no_way_out_of_a_refusal_that_cannot_happen() -> None:
    refusals = {(spec.name, rule) for spec in EVENTS for rule in spec.refusals}
    unused = [
        (request, rule)
        for rule, entry in (rules() | own_rules()).items()
        if entry.way_out
        for request in (entry.way_out if isinstance(entry.way_out, dict) else {None})
        if not any(rule == r and request in {None, name} for name, r in refusals)
    ]
    assert unused == []


async def test_a_dossier_deposited_in_time_takes_other_revisions_after_the_window() -> None:
    incomplete = samples.dossier(project__descriptions__parents=" ")
    by_post = samples.dossier(revision=2, channel="courrier", signed_at="2025-09-03T10:00:00+02:00")
    plain = await shown("gestionnaire", FILED[0], incomplete, by_post)

    assert "Suite possible [REC-02] : Le dossier peut revenir comme sa révision suivante" in plain
    assert "close depuis" not in plain


def test_every_late_way_out_has_its_condition() -> None:
    late = {id_ for id_, rule in (rules() | own_rules()).items() if rule.late_way_out}

    assert late == OVER.keys()
