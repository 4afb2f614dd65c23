"""Every event has its sentence in French."""

from typing import Any

import pytest

from shared.contracts.accounting import AccountingEntryPosted, ClosingCompleted, ClosingRefused
from shared.contracts.base import WireModel
from shared.contracts.codes import ACTIVITIES as CODES
from shared.contracts.common import Ground, MessageRefused, RequestRefused
from shared.contracts.eligibility import (
    AgrementRefused,
    CommitteeAdjourned,
    CommitteeDecisionRejected,
    DossierReopened,
    EligibilityAssessed,
)
from shared.contracts.forecasts import ForecastReleaseContinued, FundingForecast
from shared.contracts.funding import (
    AdvanceRefused,
    BaremeRegistered,
    BaremeReleaseContinued,
    ConventionRegistered,
    FundingDeferred,
)
from shared.contracts.labels import ACTIVITIES, PRODUCERS
from shared.contracts.registry import EVENTS
from shared.contracts.sentences.by_event import SENTENCES, sentences_of
from shared.contracts.sentences.findings import finding_text
from shared.contracts.submission import (
    CampaignRegistered,
    CampaignReleaseContinued,
    ComplementsRequested,
    DossierHeld,
    DossierRejected,
    InterimReportRegistered,
)
from shared.kernel.decision import Finding
from tests.support import life, samples
from tests.unit.cli.builders import NARROW, SPACE, built, text_of

REASON = {"rule": "TEC-03", "message": "La Caf n’est pas celle du dossier."}
REMARK = {"rule": "COM-08", "message": "Critères absents."}
FOR_DOSSIER = {"caf": "761", "dossier_id": samples.DOSSIER}
WAITS = {"rule": "REC-20", "message": "Aucun appel à projets."}
COUNTING = {
    "caf": "761",
    "school_year": "2025-2026",
    "opens_on": "2025-06-13",
    "closes_on": "2025-08-31",
    "form_version": "2025",
}


def test_every_event_of_the_contract_has_a_sentence() -> None:
    assert set(SENTENCES) == {spec.model for spec in EVENTS}


def test_every_producer_is_named_in_french() -> None:
    assert {spec.producer for spec in EVENTS} - {"any"} == PRODUCERS.keys()


def test_amounts_and_days_are_written_as_in_france() -> None:
    granted = sentences_of(samples.funding_granted())

    assert (
        granted.title == f"Financement accordé : Ps 2{NARROW}758,25{SPACE}€ et bonus 634,00{SPACE}€"
    )
    assert "20 octobre 2025" in text_of(sentences_of(samples.convention()))
    assert "1er décembre 2025" in text_of(sentences_of(samples.convention(signed_on="2025-12-01")))


def test_a_grant_has_prices_cap_parts_and_ceilings_with_their_rules() -> None:
    text = text_of(sentences_of(samples.funding_granted()))

    assert "C1 : coût 9 000,00 €, Ps 2 758,25 € [PRX-01, PRX-04], bonus 634,00 €" in text
    assert "Plafond des 80 % [COF-02] : 7 200,00 €, non dépassé." in text
    assert "Part 2025 (4/10) : 1 103,30 € ; part 2026 (6/10) : 1 654,95 €" in text
    assert "772,31 € sur 2025 [ACO-01], 1 158,46 € sur 2026 [ACO-03]" in text
    assert "Note de cadrage Seine-Maritime 2025-2026" in text
    assert "COF-03" not in text


def test_an_exceeded_cap_has_the_amounts_cut() -> None:
    cap = {"ceiling": "800.00", "excess": "259.00", "cut_from_bonus": "259.00"}
    text = text_of(
        sentences_of(samples.funding_granted(cap80={**cap, "cut_from_ps": "0.00", "reached": True}))
    )

    assert "dépassé de 259,00 € : 259,00 € retirés des bonus, 0,00 € de la Ps." in text
    assert "[COF-03]" in text


FOR_EXERCISE = {"caf": "761", "exercise": 2025}
FOR_REPORT = {"caf": "761", "siret": samples.SIRET, "school_year": "2024-2025"}


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (samples.campaign(), "Dépôts du 13 juin 2025 au 31 août 2025 inclus"),
        (samples.interim_report(), "reçu le 1er juillet 2025 [REC-09]"),
        (samples.bareme(), "Barème 2026-2027 publié\nPlafond 8 600,00 €, Ps maximale 2 795,00 €"),
        (samples.advance_order(ordered_by="M. Roux"), "Ordre ORD-1 du 5 novembre 2025 par M. Roux"),
        (samples.exercise_closed(), "Clôture de l’exercice 2025 de la Caf 761 demandée"),
        (built(CampaignRegistered, caf="761", school_year="2025-2026"), "2025-2026 de la Caf 761"),
        (built(InterimReportRegistered, **FOR_REPORT), "Bilan intermédiaire 2024-2025"),
        (
            built(DossierHeld, **FOR_DOSSIER, revision=1, waits_for="interim_report"),
            "Dossier en attente, révision 1\nIl attend : le bilan intermédiaire du gestionnaire",
        ),
        (
            built(DossierHeld, **FOR_DOSSIER, revision=2, waits_for="campaign", reasons=[WAITS]),
            "Il attend : l’appel à projets de sa Caf [REC-20].\n• [REC-20] Aucun appel à projets.",
        ),
        (
            built(CampaignRegistered, **COUNTING, superseded=True),
            "celui-ci ne change rien.\nDépôts du 13 juin 2025 au 31 août 2025 inclus, formulaire",
        ),
        (
            built(DossierHeld, **FOR_DOSSIER, revision=1, waits_for="campaign"),
            "Il attend : l’appel à projets de sa Caf [REC-20].",
        ),
        (
            built(
                DossierHeld,
                **FOR_DOSSIER,
                revision=1,
                waits_for="bilan intermédiaire 2024-2025 du gestionnaire",
            ),
            "Il attend : le bilan intermédiaire du gestionnaire [REC-09].",
        ),
        (
            built(CampaignReleaseContinued, caf="761", school_year="2025-2026", after=""),
            "Appel à projets 2025-2026 de la Caf 761 connu : les dossiers qui l’attendaient",
        ),
        (
            samples.complements_ordered(),
            "attendus le 30 septembre 2025 au plus tard\n• [ELI-22] Corriger la date de fin",
        ),
        (
            samples.complements_ordered(asked=[{"rule": None, "message": "Le plan des locaux"}]),
            "• Le plan des locaux",
        ),
        (
            built(
                DossierReopened,
                **FOR_DOSSIER,
                grounds=[REASON | {"observed": ""}],
                due_on="2025-09-30",
            ),
            "Dossier rouvert, révision attendue le 30 septembre 2025 au plus tard\n• [TEC-03]",
        ),
        (
            built(ForecastReleaseContinued, start_year=2026, after=""),
            "Barème 2026-2027 connu : les prévisions qui l’attendaient sont chiffrées",
        ),
        (
            samples.agrement(cap_justification="Seul financeur", remarks=[REMARK]),
            (
                "Justification des 80 % [COF-03] : Seul financeur\n"
                "À régler par une personne : [COM-08] Critères absents."
            ),
        ),
        (
            samples.funding_granted(remarks=[REMARK]),
            "À régler par une personne : [COM-08] Critères absents.",
        ),
        (samples.dossier_received(), "Date de dépôt retenue : 10 juillet 2025 [REC-07]."),
        (samples.dossier_received(), "participation symbolique jusqu’à 30,00 €"),
        (
            built(ComplementsRequested, **FOR_DOSSIER, revision=1, grounds=[]),
            "Compléments demandés sur la révision 1",
        ),
        (
            built(ComplementsRequested, **FOR_DOSSIER, revision=1, grounds=[], due_on="2025-09-30"),
            "La Caf les attend le 30 septembre 2025 au plus tard.",
        ),
        (samples.agrement(), "• C1 : 10 enfants, coût prévisionnel 9 000,00 €, bonus enfants et"),
        (samples.agrement(), "Agrément accordé pour 2025-2026"),
        (
            samples.agrement(multi_year_until="2027-2028", derogations=["ENC-04"]),
            "Dérogation accordée au projet : ENC-04.",
        ),
        (samples.agrement(multi_year_until="2027-2028"), "Agrément accordé de 2025-2026 à 2027"),
        (
            built(AgrementRefused, **FOR_DOSSIER, motive="Hors priorités"),
            "Agrément refusé\nMotif du comité : Hors priorités",
        ),
        (built(CommitteeAdjourned, **FOR_DOSSIER), "Décision ajournée"),
        (built(BaremeRegistered, start_year=2026), "Barème 2026-2027 enregistré"),
        (built(BaremeReleaseContinued, start_year=2026, after=""), "Barème 2026-2027 connu"),
        (built(ConventionRegistered, **FOR_DOSSIER), "toute la durée de l’agrément [CNV-01]"),
        (samples.advance_granted(), "Acompte de 700,00 € accordé sur l’exercice 2025"),
        (
            built(
                AdvanceRefused,
                **FOR_DOSSIER,
                school_year="2025-2026",
                order_id="A1",
                exercise=2025,
                reasons=[REASON],
            ),
            "Acompte A1 refusé sur l’exercice 2025\n• [TEC-03]",
        ),
        (samples.closing_continued(), "Clôture de l’exercice 2025 : ses droits"),
        (
            built(
                ClosingCompleted,
                **FOR_EXERCISE,
                totals=[{"kind": "advance", "count": 2, "amount": "1472.31"}],
                trial_balance=[],
                first_sequence=1,
                last_sequence=2,
                head_hash="ab" * 32,
            ),
            "• acompte : 2 écritures, 1 472,31 €\nÉcritures 1 à 2, empreinte de tête abab",
        ),
        (
            built(ClosingRefused, **FOR_EXERCISE, reasons=[REASON]),
            "Clôture de l’exercice 2025 refusée\n• [TEC-03]",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, WireModel) else "",
)
def test_each_event_says_what_happened(event: WireModel, text: str) -> None:
    assert text in text_of(sentences_of(event))


def forecast(**changes: Any) -> FundingForecast:
    granted = samples.funding_granted().model_dump(mode="json")
    names = FundingForecast.model_fields.keys() & granted.keys()
    envelope = {"exercise": 2025, "amount": "1103.30", "granted": "20000.00", "waiting": "0.00"}
    forecast_of_grant = built(
        FundingForecast,
        **{name: granted[name] for name in names}
        | {"verdict": "derogation", "remarks": [REMARK]}
        | {"envelopes": [envelope | {"allotted": "100000.00", "left": "78896.70"}]}
        | changes,
    )
    assert isinstance(forecast_of_grant, FundingForecast)
    return forecast_of_grant


def test_a_forecast_has_prices_envelopes_and_remarks() -> None:
    text = text_of(sentences_of(forecast()))

    assert text.startswith(
        "Financement prévisionnel (projet éligible sous réserve de dérogation) :"
        " Ps 2 758,25 € et bonus 634,00 €"
    )
    assert "rien n’est réservé" in text
    assert "C1 : coût 9 000,00 €, Ps 2 758,25 € [PRX-01, PRX-04], bonus 634,00 €" in text
    assert "Part 2025 (4/10) : 1 103,30 € ; part 2026 (6/10) : 1 654,95 €" in text
    assert "Acomptes possibles : 772,31 € sur 2025 [ACO-01], 1 158,46 € sur 2026 [ACO-03]." in text
    assert (
        "Exercice 2025 : 1 103,30 € ; il resterait 78 896,70 € de l’enveloppe, déjà accordé"
        " 20 000,00 €, en attente 0,00 € [ENV-01]."
    ) in text
    assert "À régler par une personne : [COM-08] Critères absents." in text


def test_a_forecast_without_an_envelope_says_so() -> None:
    envelope = {"exercise": 2025, "amount": "1103.30", "granted": "0.00", "waiting": "0.00"}
    text = text_of(sentences_of(forecast(envelopes=[envelope | {"allotted": None, "left": None}])))

    assert "Exercice 2025 : 1 103,30 €, aucune enveloppe notifiée [ENV-01]." in text


def finding(rule: str, outcome: str) -> dict[str, str]:
    texts = {"message": f"Constat {rule}.", "observed": "4 enfants", "expected": "8 enfants"}
    return {"rule": rule, "outcome": outcome, **texts}


def test_an_assessment_lists_what_is_not_in_order_and_only_that() -> None:
    collectif = {
        "collectif_id": "C1",
        "verdict": "ineligible",
        "findings": [finding("ELI-23", "breach"), finding("ELI-22", "ok")],
    }
    assessed = built(
        EligibilityAssessed,
        **FOR_DOSSIER,
        school_year="2025-2026",
        verdict="ineligible",
        findings=[finding("COM-14", "review"), finding("PLU-01", "not_applicable")],
        collectifs=[collectif],
        multi_year_allowed_until="2025-2026",
        rules_version="2021",
    )

    text = text_of(sentences_of(assessed))

    assert text.startswith("Projet inéligible")
    assert "À examiner [COM-14] Constat COM-14." in text
    assert (
        "Non conforme [ELI-23] Constat ELI-23. Constaté : 4 enfants. Attendu : 8 enfants." in text
    )
    assert "Projet : 1 point vérifié, dont 1 à examiner, sans objet : PLU-01 (2021)." in text
    assert "Collectif C1 : inéligible, 2 points vérifiés, dont 1 non conforme." in text
    assert "Constat ELI-22" not in text
    assert "Constat PLU-01" not in text


@pytest.mark.parametrize(
    "refusal",
    [
        built(DossierRejected, **FOR_DOSSIER, revision=1, grounds=[REASON | {"observed": "451"}]),
        built(CommitteeDecisionRejected, **FOR_DOSSIER, reasons=[REASON]),
        built(FundingDeferred, **FOR_DOSSIER, school_year="2026-2027", reasons=[REASON]),
        built(
            RequestRefused,
            event_id="c1",
            event_type="fr.caf.clas.ConventionSigned.v1",
            caf="761",
            reasons=[REASON],
        ),
    ],
)
def test_a_refusal_names_the_rule_before_its_reason(refusal: WireModel) -> None:
    assert "• [TEC-03] La Caf n’est pas celle du dossier." in text_of(sentences_of(refusal))


def test_a_ground_has_the_observed_value() -> None:
    ground = REASON | {"observed": "451"}
    rejected = built(DossierRejected, **FOR_DOSSIER, revision=1, grounds=[ground])

    assert "Constaté : 451." in text_of(sentences_of(rejected))


def test_a_ground_without_an_observed_value_does_not_mention_one() -> None:
    ground = REASON | {"observed": ""}
    rejected = built(DossierRejected, **FOR_DOSSIER, revision=1, grounds=[ground])

    assert sentences_of(rejected).lines[0] == "• [TEC-03] La Caf n’est pas celle du dossier."


def test_an_invalid_message_has_its_errors_and_its_queue() -> None:
    refused = built(
        MessageRefused,
        **FOR_DOSSIER,
        event_id=None,
        event_type=None,
        queue="clas.submission",
        routing_key="x",
        sha256="0",
        errors=[{"path": "data.caf", "message": "non"}, {"path": "", "message": "illisible"}],
    )

    text = text_of(sentences_of(refused))

    assert "(type illisible)" in text
    assert "data.caf : non" in text
    assert "message : illisible" in text
    assert "clas.submission.dead-letters" in text


def test_a_dossier_that_was_not_signed_says_so() -> None:
    text = text_of(sentences_of(samples.dossier(signed_at=None, bonus_requests=[])))

    assert "non validé par le signataire" in text
    assert "onus" not in text
    assert "le 10 juillet 2025 à 9 h 30" in text_of(sentences_of(samples.dossier()))


def test_a_later_revision_is_a_completed_dossier() -> None:
    assert sentences_of(samples.dossier(revision=2)).title == "Dossier complété, révision 2"


def test_a_committee_decision_has_members_derogations_bonuses_motive_and_criteria() -> None:
    decided = samples.committee_decision(
        motive="Sous réserve du bilan",
        multi_year_until="2027-2028",
        derogations_granted=[
            {"collectif_id": "C1", "rule": "ELI-27"},
            {"collectif_id": None, "rule": "ENC-04"},
        ],
        criteria={"diagnosis": True, "charter": "à revoir"},
    )

    text = text_of(sentences_of(decided))

    assert text.startswith("Comité du 2 octobre 2025 : agrément accordé")
    assert "Membres présents : CAF, EN et DDETS." in text
    assert "Dérogation accordée : ELI-27 pour C1." in text
    assert "Dérogation accordée : ENC-04 pour le projet." in text
    assert "Bonus enfants pour C1." in text
    assert "Période : jusqu’à 2027-2028." in text
    assert "Motif : Sous réserve du bilan" in text
    assert "Critère diagnostic [COM-08] : oui." in text
    assert "Critère charte [COM-08] : à revoir." in text
    assert "caractère collectif" not in text


@pytest.mark.parametrize("outcome", ["refused", "adjourned"])
def test_a_decision_that_grants_nothing_retains_nothing(outcome: str) -> None:
    decided = samples.committee_decision(
        outcome=outcome,
        motive="Hors priorités",
        multi_year_until="2027-2028",
        derogations_granted=[{"collectif_id": "C1", "rule": "ELI-27"}],
    )

    assert sentences_of(decided).lines == (
        "Membres présents : CAF, EN et DDETS.",
        "Motif : Hors priorités",
    )


def line(side: str, account: str, origin: int | None) -> dict[str, Any]:
    sides = {"debit": "0.00", "credit": "0.00"} | {side: "330.99"}
    code = {"origin_exercise": origin, "statistical_code": "81512214" if origin else None}
    return {"ledger": "SF" if origin else "T", "account": account, **sides, **code}


@pytest.mark.parametrize(
    ("origin", "rule"), [(2026, "CPT-01"), (2025, "CPT-02"), (2024, "CPT-03"), (2021, "CPT-03")]
)
def test_an_entry_names_the_rule_of_its_expense_by_its_age(origin: int, rule: str) -> None:
    posted = built(
        AccountingEntryPosted,
        **FOR_DOSSIER,
        entry_id="e1",
        exercise=2026,
        period=13,
        booked_on="2026-12-31",
        kind="accrual",
        label="Charge à payer",
        school_year="2025-2026",
        siret=samples.SIRET,
        lines=[line("debit", "656", origin), line("credit", "408", None)],
        cause={"id": "c1", "type": "x"},
    )

    text = text_of(sentences_of(posted))

    assert text.startswith("Écriture : charge à payer, exercice 2026, mois 13")
    assert f"débit SF 656 330,99 € (origine {origin} [{rule}], code 81512214 [STA-01])" in text
    assert "crédit T 408 330,99 €" in text
    assert "au 31 décembre 2026 [CPT-06]." in text


def test_a_quoted_text_that_ends_with_a_period_gives_no_second_one() -> None:
    criteria = {"diagnosis": "Le besoin est constaté.", "charter": "Oui, etc..."}
    decided = text_of(sentences_of(samples.committee_decision(criteria=criteria)))
    grounds = (Ground(rule="REC-16", message="Une phrase.", observed="Un texte."),)
    rejected = DossierRejected(**FOR_DOSSIER, revision=1, grounds=grounds)
    amended = life.amendment_decided(motive="Cessation d'activité.")

    assert "Critère diagnostic [COM-08] : Le besoin est constaté.\n" in decided
    assert "Critère charte [COM-08] : Oui, etc.\n" in f"{decided}\n"
    assert "[REC-16] Une phrase. Constaté : Un texte." in text_of(sentences_of(rejected))
    assert "Un texte.." not in text_of(sentences_of(rejected))
    assert "motif : Cessation d'activité [AGR-03]." in text_of(sentences_of(amended))
    source = samples.bareme().with_changes(source="Note, page 2.")
    assert "(source : Note, page 2)." in text_of(sentences_of(source))


def test_the_codes_of_activities_are_read_as_words() -> None:
    finding = Finding(
        "ELI-05",
        "breach",
        "Le projet se limite à l'aide aux devoirs.",
        "aide_aux_devoirs",
        "une activité autre que aide_aux_devoirs, methodologie (référentiel)",
    )

    assert finding_text(finding).endswith(
        " Constaté : aide aux devoirs. Attendu : une activité autre que aide aux devoirs,"
        " méthodologie (référentiel)."
    )
    assert ACTIVITIES.keys() == set(CODES)


def test_one_commune_and_the_collectifs_of_a_bonus_are_counted() -> None:
    one = text_of(sentences_of(samples.agrement()))
    bonuses = [{"kind": "parents", "collectif_id": each} for each in ("C1", "C2")]
    decided = text_of(sentences_of(samples.committee_decision(bonuses=bonuses)))

    assert ", commune 7" in one
    assert "Bonus parents pour C1 et C2." in decided
