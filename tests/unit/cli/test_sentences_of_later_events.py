"""The sentences of later events: renewal, balance, control, corrections."""

from datetime import date

import pytest

from shared.contracts.accounting import DeliveryRegistered
from shared.contracts.base import WireModel
from shared.contracts.eligibility import (
    AgrementAmended,
    AgrementRegistered,
    AmendmentRejected,
    WithdrawalJudged,
)
from shared.contracts.funding import (
    AdjustmentRefused,
    AdvanceReversalRefused,
    BalanceRefused,
    CancellationRefused,
    EnvelopeRegistered,
    EnvelopeReleaseContinued,
    FundingRefused,
)
from shared.contracts.sentences.by_event import sentences_of
from shared.contracts.submission import DossierWithdrawn, WithdrawalForwarded, WithdrawalRefused
from tests.support import life, samples, settled
from tests.unit.cli.builders import built, text_of

REASON = {"rule": "TEC-03", "message": "La Caf n’est pas celle du dossier."}
REASON_LINE = "• [TEC-03] La Caf n’est pas celle du dossier."
FOR_DOSSIER = {"caf": "761", "dossier_id": samples.DOSSIER}
FOR_YEAR = {**FOR_DOSSIER, "school_year": "2025-2026"}
GROUND = "Convention d'objectifs et de financement, article 6"
WITHDRAWAL = {**FOR_DOSSIER, "content": "ab"}
FOR_DELIVERY = {
    **FOR_DOSSIER,
    "entry_id": life.ENTRY,
    "exercise": 2025,
    "system": life.SYSTEM,
    "told_on": date(2025, 11, 21),
}
WITHDRAWN_ON = {**FOR_DOSSIER, "withdrawn_on": "2025-09-15"}


def amended(multi_year_until: str | None = None, **changes: object) -> WireModel:
    decided = life.amendment_decided(**changes).model_dump(mode="json")
    return built(AgrementAmended, **decided, multi_year_until=multi_year_until)


@pytest.mark.parametrize(
    ("event", "whole"),
    [
        (
            life.envelope_allotted(),
            (
                "Enveloppe 2025 de la Caf 761 portée à 100 000,00 €\n"
                "C’est le total de l’exercice : il remplace le précédent [ENV-01]."
            ),
        ),
        (
            built(EnvelopeRegistered, caf="761", exercise=2025),
            "Enveloppe 2025 de la Caf 761 enregistrée",
        ),
        (
            built(EnvelopeReleaseContinued, caf="761", release=1, page=2),
            "Enveloppe de la Caf 761 augmentée : la liste d’attente est servie [ENV-03]",
        ),
        (
            life.annual_renewal_filed(),
            (
                "Renouvellement annuel 2026-2027 déposé le 10 juillet 2026\n"
                "Bilan complet : parties qualitative, quantitative et financière [PLU-03].\n"
                "• C1 : coût prévisionnel 9 000,00 €\n"
                "Coût annuel du projet : 9 000,00 € ; financeurs : Commune 3 600,00 €."
            ),
        ),
        (
            built(FundingRefused, **FOR_YEAR, reasons=[REASON]),
            f"Financement 2025-2026 refusé\n{REASON_LINE}",
        ),
        (
            life.result_account_filed(),
            (
                "Compte de résultat 2025-2026 déposé le 15 septembre 2026\n"
                "Bilan complet : parties qualitative, quantitative et financière [SOL-03].\n"
                "• C1 : coût réel 9 000,00 €, réalisé : bonus enfants et bonus parents\n"
                "Coût annuel du projet : 9 000,00 € ; financeurs : Commune 3 600,00 €."
            ),
        ),
        (
            settled.balance_settled(),
            (
                "Solde 2025-2026 : Ps définitive 2 758,25 € et bonus 634,00 €\n"
                "Comptes du 15 septembre 2026, pour Les Amis de l'école"
                " (association, SIRET 76573991749305).\n"
                "• C1 : coût réel 9 000,00 €, Ps 2 758,25 € [PRX-01, PRX-04], bonus 634,00 €\n"
                "Plafond des 80 % [COF-02] : 7 200,00 €, non dépassé.\n"
                "Bonus après plafonnement : enfants 329,00 €, parents 305,00 €.\n"
                "Part 2025 (4/10) : 1 103,30 €, acomptes 772,31 € ; part 2026 (6/10) : 1 654,95 €,"
                " bonus en sus, acomptes 1 158,46 € [ENV-01, BON-14].\n"
                "Reste net, à titre indicatif : 1 461,48 €."
            ),
        ),
        (
            built(BalanceRefused, **FOR_YEAR, reasons=[REASON]),
            f"Solde 2025-2026 refusé\n{REASON_LINE}",
        ),
        (
            life.control_concluded(measures=["Recalcul", "Suivi"]),
            (
                "Contrôle CONTROLE-1 de l’année 2025-2026 conclu\n"
                "Observations envoyées le 1er février 2027, réponse du 15 février 2027 ;"
                " décision du 1er mars 2027 [CTL-02].\n"
                "• C1 : coût réel 9 000,00 €, réalisé : bonus enfants et bonus parents\n"
                "Coût annuel du projet : 9 000,00 € ; financeurs : Commune 3 600,00 €.\n"
                "Mesures : Recalcul et Suivi."
            ),
        ),
        (
            settled.adjustment_decided(control_id="CTL-1"),
            (
                "Contrôle CTL-1 : rappel de 195,00 € à verser\n"
                "Décision du 15 avril 2028, pour Les Amis de l'école"
                " (association, SIRET 76573991749305) [CTL-06].\n"
                "• Exercice 2025 : 78,00 €\n"
                "• Exercice 2026 : 117,00 €\n"
                "Part N 78,00 €, part N+1 117,00 €, bonus enfants 0,00 €, bonus parents 0,00 €.\n"
                "Mesures : Recalcul."
            ),
        ),
        (
            built(AdjustmentRefused, **FOR_YEAR, control_id="K1", reasons=[REASON]),
            f"Contrôle K1 sans suite possible\n{REASON_LINE}",
        ),
        (
            life.withdrawal_requested(requested_by="Mme Petit"),
            (
                "Retrait du dossier demandé par le gestionnaire\n"
                "Demande du 15 septembre 2025 par Mme Petit.\n"
                "Motif : Départ de la coordinatrice"
            ),
        ),
        (
            built(WithdrawalForwarded, **WITHDRAWAL),
            "Retrait transmis\nLe dossier est instruit : le comité s’est-il prononcé ?",
        ),
        (
            built(WithdrawalJudged, **WITHDRAWAL, reasons=[]),
            "Retrait possible\nLe comité ne s’était pas prononcé [RET-03].",
        ),
        (
            built(WithdrawalJudged, **WITHDRAWAL, reasons=[REASON]),
            f"Retrait impossible\n{REASON_LINE}",
        ),
        (
            built(DossierWithdrawn, **WITHDRAWN_ON, motive=None),
            (
                "Dossier retiré, à la demande du 15 septembre 2025\n"
                "Aucune révision ni décision du comité ne peut plus le suivre [TEC-02, RET-04]."
            ),
        ),
        (
            built(WithdrawalRefused, **FOR_DOSSIER, reasons=[REASON]),
            f"Retrait refusé\n{REASON_LINE}",
        ),
        (
            life.amendment_decided(decided_by="Mme Le Goff"),
            (
                "Décision AVN-1 de la Caf : agrément retiré à compter de 2025-2026\n"
                "Décision du 10 février 2026 par Mme Le Goff.\n"
                f"Fondement : {GROUND} ; motif : Cessation d'activité [AGR-03]."
            ),
        ),
        (
            amended(),
            (
                "Agrément retiré à compter de 2025-2026\n"
                "Décision AVN-1 du 10 février 2026.\n"
                "Plus aucune année n’est couverte.\n"
                f"Fondement : {GROUND} ; motif : Cessation d'activité [AGR-03]."
            ),
        ),
        (
            amended("2027-2028", effect="reduced", collectifs=["C1", "C3"]),
            (
                "Agrément réduit à compter de 2025-2026\n"
                "Décision AVN-1 du 10 février 2026.\n"
                "Collectifs maintenus : C1 et C3.\n"
                "L’agrément court jusqu’à 2027-2028 inclus.\n"
                f"Fondement : {GROUND} ; motif : Cessation d'activité [AGR-03]."
            ),
        ),
        (
            amended("2025-2026", ended_on="2026-02-10"),
            (
                "Agrément retiré après 2025-2026\n"
                "Décision AVN-1 du 10 février 2026.\n"
                "L’action s’est arrêtée le 10 février 2026 ; le droit de 2025-2026 demeure,"
                " comptes possibles dès le 11 février 2026 [SOL-01].\n"
                "L’agrément court jusqu’à 2025-2026 inclus.\n"
                f"Fondement : {GROUND} ; motif : Cessation d'activité [AGR-03]."
            ),
        ),
        (
            life.amendment_decided(
                effect="reduced", collectifs=["C1", "C3"], ended_on="2026-02-28"
            ),
            (
                "Décision AVN-1 de la Caf : agrément réduit après 2025-2026\n"
                "Décision du 10 février 2026.\n"
                "Collectifs maintenus : C1 et C3.\n"
                "L’action des autres collectifs s’est arrêtée le 28 février 2026 ; leur droit de"
                " 2025-2026 demeure [SOL-01].\n"
                f"Fondement : {GROUND} ; motif : Cessation d'activité [AGR-03]."
            ),
        ),
        (
            life.entry_acknowledged(),
            (
                "Écriture comptabilisée par compta-761\n"
                f"Écriture {life.ENTRY}, le 21 novembre 2025 sous la pièce OD-2025-000417."
            ),
        ),
        (
            life.entry_acknowledged(reference=None),
            (f"Écriture comptabilisée par compta-761\nÉcriture {life.ENTRY}, le 21 novembre 2025."),
        ),
        (
            life.entry_rejected(),
            (
                "Écriture rejetée par compta-761\n"
                f"Écriture {life.ENTRY}, le 21 novembre 2025.\n"
                "• COMPTE, ligne 2 : Compte T 467 inconnu au plan"
            ),
        ),
        (
            life.entry_rejected(reasons=[{"code": "PERIODE", "message": "Période fermée"}]),
            (
                "Écriture rejetée par compta-761\n"
                f"Écriture {life.ENTRY}, le 21 novembre 2025.\n"
                "• PERIODE : Période fermée"
            ),
        ),
        (
            built(DeliveryRegistered, **FOR_DELIVERY, status="acknowledged"),
            (
                "Écriture comptabilisée par compta-761, le 21 novembre 2025\n"
                f"Écriture {life.ENTRY} de l’exercice 2025 [LIV-03]."
            ),
        ),
        (
            built(DeliveryRegistered, **FOR_DELIVERY, status="rejected"),
            (
                "Écriture rejetée par compta-761, le 21 novembre 2025\n"
                f"Écriture {life.ENTRY} de l’exercice 2025 [LIV-03]."
            ),
        ),
        (
            built(AmendmentRejected, **FOR_DOSSIER, amendment_id="AVN-1", reasons=[REASON]),
            f"Modification AVN-1 non recevable\n{REASON_LINE}",
        ),
        (
            life.advance_reversal_ordered(ordered_by="M. Roux"),
            (
                "Annulation de l’acompte ORD-1 ordonnée\n"
                "Ordre ANN-1 du 20 novembre 2025 par M. Roux, pour 2025-2026.\n"
                "Motif : Montant saisi pour un autre dossier"
            ),
        ),
        (
            settled.advance_reversed(),
            (
                "Acompte de 700,00 € annulé sur l’exercice 2025\n"
                "Acompte ORD-1, à Les Amis de l'école (association, SIRET 76573991749305), annulé"
                " le 20 novembre 2025 par une écriture inverse : rien n’est effacé.\n"
                "Motif : Montant saisi pour un autre dossier"
            ),
        ),
        (
            built(AdvanceReversalRefused, **FOR_YEAR, reversal_id="ANN-1", reasons=[REASON]),
            f"Annulation ANN-1 refusée\n{REASON_LINE}",
        ),
        (
            life.funding_cancellation_ordered(legal_ground="", motive=""),
            (
                "Annulation du droit 2025-2026 ordonnée\n"
                "Ordre du 30 juin 2027.\n"
                "Fondement : — ; motif : — [AGR-03]."
            ),
        ),
        (
            settled.funding_cancelled(),
            (
                "Droit 2025-2026 annulé : rien n’est dû\n"
                "Pour Les Amis de l'école (association, SIRET 76573991749305), le 30 juin 2027.\n"
                f"Fondement : {GROUND} ; motif : Comptes jamais produits malgré deux relances"
                " [AGR-03].\n"
                "• Indu de 772,31 € à recouvrer sur l’exercice 2025"
            ),
        ),
        (
            built(CancellationRefused, **FOR_YEAR, reasons=[REASON]),
            f"Annulation du droit 2025-2026 refusée\n{REASON_LINE}",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, WireModel) else "",
)
def test_the_sentences_of_an_event_are_complete(event: WireModel, whole: str) -> None:
    assert text_of(sentences_of(event)) == whole


def test_an_imported_agrement_names_its_reference_and_its_period() -> None:
    imported = life.agrement_imported()

    sent = text_of(sentences_of(imported))
    registered = text_of(sentences_of(AgrementRegistered(**dict(imported))))

    register = "(référence : Registre papier 2024, n° 12), de 2024-2025 à 2026-2027"
    assert sent.startswith(f"Agrément antérieur transmis {register}")
    assert registered.startswith(f"Agrément antérieur repris {register}")
    for text in (sent, registered):
        assert "Décision du 3 octobre 2024 pour Les Amis de l'école" in text
        assert "• C1 : 10 enfants, coût prévisionnel 9 000,00 €, bonus enfants et" in text


def test_an_amended_grant_says_that_it_replaces_the_former_amounts() -> None:
    text = text_of(sentences_of(settled.funding_amended()))

    assert text.startswith(
        "Financement modifié : Ps 1 300,00 € et bonus 0,00 €\n"
        "Modification AVN-1 du 1er décembre 2025, la 1re de l’année 2025-2026 :"
        " ces montants remplacent les précédents.\n"
    )
    assert "Part 2025 (4/10) : 520,00 € ; part 2026 (6/10) : 780,00 €" in text
    assert "la 2e de l’année" in text_of(sentences_of(settled.funding_amended(rank=2)))


def test_idle_collectifs_and_missing_parts_of_the_report_are_named() -> None:
    stopped = life.actual_collectif(ran=False)
    half = {"qualitative": True, "quantitative": False, "financial": True}
    none = dict.fromkeys(half, False)

    text = text_of(sentences_of(life.result_account_filed(collectifs=[stopped], report=half)))

    assert "Bilan incomplet, sans partie quantitative [SOL-03]." in text
    assert "• C1 : n’a pas fonctionné\n" in text
    text = text_of(sentences_of(life.annual_renewal_filed(report=none)))
    assert "sans parties qualitative, quantitative et financière [PLU-03]." in text
    text = text_of(sentences_of(life.result_account_filed(collectifs__0__bonus_done=[])))
    assert "réalisé : aucun bonus" in text


def test_a_control_without_an_answer_or_measures_says_so() -> None:
    text = text_of(sentences_of(life.control_concluded(answered_on=None)))

    assert "le 1er février 2027, sans réponse ; décision" in text
    assert "Mesures" not in text


def test_a_balance_has_indus_and_idle_collectifs() -> None:
    collectif = {"collectif_id": "C1", "cost": "0.00", "ps": "0.00", "bonus": "0.00", "ran": False}
    indus = [{"exercise": 2025, "amount": "772.31"}, {"exercise": 2026, "amount": "0.50"}]

    text = text_of(
        sentences_of(settled.balance_settled(net="-772.81", collectifs=[collectif], indus=indus))
    )

    assert "• C1 : n’a pas fonctionné, rien n’est dû" in text
    assert "à titre indicatif : -772,81 €." in text
    assert "• Indu de 772,31 € à recouvrer sur l’exercice 2025" in text
    assert "• Indu de 0,50 € à recouvrer sur l’exercice 2026" in text


@pytest.mark.parametrize(
    ("kind", "amount", "title"),
    [("indu", "-195.00", "indu de 195,00 € à rembourser"), ("none", "0.00", "sans suite")],
)
def test_a_control_names_what_it_leads_to(kind: str, amount: str, title: str) -> None:
    decided = settled.adjustment_decided(kind=kind, amount=amount, control_id="K1", measures=[])

    assert sentences_of(decided).title.replace("\u00a0", " ") == f"Contrôle K1 : {title}"
    assert "Mesures" not in text_of(sentences_of(decided))


def test_a_cancelled_right_without_advances_leaves_nothing_to_recover() -> None:
    text = text_of(sentences_of(settled.funding_cancelled(advances_n="0.00", indus=[])))

    assert text.endswith("Aucun acompte n’était versé : rien n’est à recouvrer.")
