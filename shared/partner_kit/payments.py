"""Valid messages, from the first advance to the closing, and repeated messages."""

from shared.partner_kit.builder import answer, valid_draft
from shared.partner_kit.messages import TWO
from shared.partner_kit.sample import RUN, Capture

_ENTRY_OF = {
    sample: (
        Capture(
            path="data.entry_id",
            sample=sample,
            event="AccountingEntryPosted",
            value="data.entry_id",
        ),
    )
    for sample in ("acompte-verse", "comptes-deposes")
}

_COSTS = {
    "collectifs.0.actual_cost": "7000.00",
    "budget.total_annual_cost": "7000.00",
}

PAYMENTS = (
    valid_draft(
        "AdvanceOrdered",
        "acompte-sans-convention",
        "Sans convention signée, pas d’acompte.",
        "Without a signed convention, no advance.",
        {"order_id": f"{RUN}-A0"},
        answer("AdvanceRefused", "CNV-01"),
    ),
    valid_draft(
        "ConventionSigned",
        "convention-signee",
        "La convention est signée.",
        "The convention is signed.",
        {},
        answer("ConventionRegistered"),
    ),
    valid_draft(
        "AdvanceOrdered",
        "acompte-verse",
        "Un acompte sur 2025, juste au plafond, est accordé et comptabilisé.",
        "An advance on 2025, just at its ceiling, is granted and booked.",
        {},
        answer("AdvanceGranted", amount="772.31", exercise=2025),
        answer("AccountingEntryPosted", kind="advance", exercise=2025, period=11),
    ),
    valid_draft(
        "AdvanceOrdered",
        "acompte-d-un-centime-de-trop",
        "Un centime au-dessus du plafond : refusé.",
        "One cent beyond the ceiling: refused.",
        {"order_id": f"{RUN}-A2", "amount": "0.01"},
        answer("AdvanceRefused", "ACO-01"),
    ),
    valid_draft(
        "AdvanceOrdered",
        "acompte-sur-2026",
        "Un acompte sur 2026.",
        "An advance on 2026.",
        {
            "order_id": f"{RUN}-B1",
            "exercise": 2026,
            "amount": "1158.46",
            "ordered_on": "2026-03-10",
        },
        answer("AdvanceGranted", amount="1158.46", exercise=2026),
        answer("AccountingEntryPosted", kind="advance", exercise=2026, period=3),
    ),
    valid_draft(
        "AdvanceReversalOrdered",
        "acompte-extourne",
        "L’acompte sur 2026 était une erreur : il est contrepassé.",
        "The advance on 2026 was a mistake: it is reversed.",
        {"order_id": f"{RUN}-B1", "ordered_on": "2026-03-20"},
        answer("AdvanceReversed", amount="1158.46"),
        answer("AccountingEntryPosted", kind="advance_reversal", exercise=2026, period=3),
    ),
    valid_draft(
        "AdvanceReversalOrdered",
        "extourne-d-un-acompte-inconnu",
        "Un acompte inconnu ne se contrepasse pas.",
        "An unknown advance is not reversed.",
        {"order_id": f"{RUN}-Z9", "reversal_id": f"{RUN}-R2"},
        answer("AdvanceReversalRefused", "ACO-05"),
    ),
    valid_draft(
        "AmendmentDecided",
        "agrement-reduit",
        "L’agrément est réduit à un collectif : le droit est recalculé.",
        "The agrement is reduced to one collectif: what is due is computed again.",
        {"dossier_id": TWO},
        answer("AgrementAmended", effect="reduced"),
        answer("FundingAmended", ps_total="2758.25", bonus_total="329.00"),
    ),
    valid_draft(
        "AmendmentDecided",
        "agrement-reduit-a-rien-d-autre",
        "Une modification qui ne réduit rien ne tient pas.",
        "An amendment that reduces nothing cannot stand.",
        {"dossier_id": TWO, "amendment_id": f"{RUN}-AVN-2"},
        answer("AmendmentRejected", "AGR-02"),
    ),
    valid_draft(
        "FundingCancellationOrdered",
        "annulation-sans-motif",
        "Un droit ne s’annule pas sans motif.",
        "A right is not cancelled without a motive.",
        {"dossier_id": TWO, "motive": ""},
        answer("CancellationRefused", "AGR-03"),
    ),
    valid_draft(
        "FundingCancellationOrdered",
        "droit-annule",
        "Un droit jamais soldé est annulé ; rien n’avait été versé.",
        "A right that will never be settled is cancelled; nothing had been paid.",
        {"dossier_id": TWO},
        answer("FundingCancelled", advances_n="0.00", indus=[]),
    ),
)

ACCOUNTS = (
    valid_draft(
        "ResultAccountFiled",
        "comptes-sans-bilan-qualitatif",
        "Il manque une partie du bilan : pas de solde.",
        "A part of the bilan is missing: no balance.",
        {"report.qualitative": False},
        answer("BalanceRefused", "SOL-03"),
    ),
    valid_draft(
        "ResultAccountFiled",
        "comptes-deposes",
        "Les comptes donnent le solde, comptabilisé en septembre 2026.",
        "The accounts settle the balance, booked in September 2026.",
        {},
        answer(
            "BalanceSettled",
            final_ps="2758.25",
            final_bonus="634.00",
            advances_n="772.31",
            advances_n1="0.00",
            net="2619.94",
            indus=[],
        ),
        answer("AccountingEntryPosted", kind="balance", exercise=2026, period=9),
    ),
    valid_draft(
        "ControlConcluded",
        "controle-avant-le-delai",
        "Sans réponse, le contrôle attend la fin de la période contradictoire.",
        "Without an answer, a control waits for the end of the contradictory period.",
        _COSTS | {"answered_on": None, "decided_on": "2027-02-28"},
        answer("AdjustmentRefused", "CTL-02"),
    ),
    valid_draft(
        "ControlConcluded",
        "controle-avec-indu",
        "Le contrôle trouve un coût de 7 000,00 € : un indu est constaté.",
        "The control finds a cost of 7,000.00 euros: an indu is decided.",
        _COSTS,
        answer("AdjustmentDecided", kind="indu", amount="-483.25"),
        answer("AccountingEntryPosted", kind="adjustment", exercise=2027, period=3),
    ),
    valid_draft(
        "BaremePublished",
        "bareme-deja-connu",
        "Le barème de 2025, connu partout, est publié de nouveau : rien n’est dit.",
        "The prices of 2025, known everywhere, are published again: nothing is said.",
        {},
    ),
    valid_draft(
        "BaremePublished",
        "bareme-contredit",
        "Un barème connu ne change pas : d’autres montants sont refusés.",
        "Known prices do not change: other amounts are refused.",
        {"plafond": "8500.00"},
        answer("RequestRefused", "TEC-01"),
    ),
    valid_draft(
        "ExerciseClosed",
        "cloture-trop-tot",
        "Un exercice ne se clôture pas avant sa fin.",
        "An exercise is not closed before its end.",
        {},
        answer("ClosingRefused", "CLO-02"),
    ),
    valid_draft(
        "ExerciseClosed",
        "exercice-vide-cloture",
        "Un exercice sans écriture est clôturé ; le demander encore ne dit plus rien.",
        "An exercise without entries is closed; asked again, nothing is said.",
        {"exercise": 2001, "closed_on": "2002-01-31"},
        answer("ClosingCompleted", exercise=2001, first_sequence=0, last_sequence=0),
        answers_when_repeated=(),
    ),
)

DELIVERIES = (
    valid_draft(
        "EntryAcknowledged",
        "ecriture-comptabilisee",
        "Le logiciel comptable a passé l’écriture de l’acompte, dont l’id vient de la réponse.",
        "The accounting system has booked the entry of the advance; its id is in that answer.",
        {},
        answer("DeliveryRegistered", status="acknowledged", exercise=2025, system="compta-essai"),
        captures=_ENTRY_OF["acompte-verse"],
    ),
    valid_draft(
        "EntryRejected",
        "ecriture-rejetee",
        "Il rejette l’écriture du solde, pour une de ses lignes.",
        "It rejects the entry of the balance, for one of its lines.",
        {},
        answer("DeliveryRegistered", status="rejected", exercise=2026, told_on="2026-09-20"),
        captures=_ENTRY_OF["comptes-deposes"],
    ),
    valid_draft(
        "EntryRejected",
        "rejet-d-une-ligne-absente",
        "L’écriture n’a pas cette ligne.",
        "The entry has no such line.",
        {"reasons.0.line": 99},
        answer("RequestRefused", "LIV-02"),
        captures=_ENTRY_OF["comptes-deposes"],
    ),
    valid_draft(
        "EntryAcknowledged",
        "ecriture-inconnue",
        "Une écriture qui n’a jamais été passée.",
        "An entry that was never posted.",
        {"entry_id": f"{RUN}-jamais-passee"},
        answer("RequestRefused", "LIV-01"),
    ),
)

REPEATED = (
    valid_draft(
        "DossierSubmitted",
        "dossier-complet",
        "Le même message une seconde fois, octet pour octet : rien n’est dit.",
        "The same message a second time, byte for byte: nothing is said.",
        {},
    )._replace(name="dossier-complet-encore"),
    valid_draft(
        "DossierSubmitted",
        "dossier-complet-autre-id",
        "La même demande sous un autre id : rien n’est dit.",
        "The same request under another id: nothing is said.",
        {},
    ),
    valid_draft(
        "DossierSubmitted",
        "revision-contredite",
        "La même révision avec un autre contenu est refusée.",
        "The same revision with other content is refused.",
        {"project.title": "Un autre titre"},
        answer("DossierRejected", "TEC-01"),
    ),
    valid_draft(
        "AdvanceOrdered",
        "ordre-contredit",
        "Le même ordre d’acompte avec un autre montant est refusé.",
        "The same order with another amount is refused.",
        {"amount": "100.00"},
        answer("AdvanceRefused", "TEC-01"),
    ),
    valid_draft(
        "CommitteeDecided",
        "agrement-deja-decide",
        "Le comité a déjà décidé.",
        "The committee has decided before.",
        {"motive": "Nouvel examen", "outcome": "refused", "collectifs": [], "bonuses": []},
        answer("CommitteeDecisionRejected", "COM-10"),
    ),
    valid_draft(
        "ConventionSigned",
        "champ-inconnu-ignore",
        "Un champ que le contrat ne connaît pas est ignoré.",
        "A field that the contract does not know is ignored.",
        {"signatory": "La présidente"},
        answer("ConventionRegistered"),
    ),
)
