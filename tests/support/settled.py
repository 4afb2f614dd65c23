"""Samples of the later events of a right, as funding publishes them; fields can be changed.

The amounts go on from those of `samples`: both advances at their ceilings, the accounts of
`life` with an actual cost of 9 000 € and both bonuses done.
"""

from shared.contracts.funding import (
    AdjustmentDecided,
    AdvanceReversed,
    BalanceSettled,
    FundingAmended,
    FundingCancelled,
)
from shared.examples import decisions, payments
from shared.examples.changes import Document
from tests.support.building import DOSSIER, build
from tests.support.samples import NOT_CAPPED, funding_granted

_GRANT: Document = {
    **payments.grant_scope(DOSSIER),
    "gestionnaire": decisions.payee(DOSSIER),
}


def funding_amended(**changes: object) -> FundingAmended:
    """The grant of `samples` after its first amendment: a cost of 4 000 euros, no bonus."""
    amended = {
        **funding_granted().model_dump(mode="json"),
        "collectifs": [{"collectif_id": "C1", "cost": "4000.00", "ps": "1300.00", "bonus": "0.00"}],
        "ps_total": "1300.00",
        "bonus_total": "0.00",
        "bonus_enfants": "0.00",
        "bonus_parents": "0.00",
        "part_n": "520.00",
        "part_n1": "780.00",
        "advance_ceiling_n": "364.00",
        "advance_ceiling_n1": "546.00",
        "amendment_id": "AVN-1",
        "amended_on": "2025-12-01",
        "rank": 1,
    }
    return build(FundingAmended, amended, changes)


def balance_settled(**changes: object) -> BalanceSettled:
    """The balance of the worked example: part N 330.99 left, part N+1 and bonus 1 130.49 left."""
    settled = {
        **_GRANT,
        "settled_on": "2026-09-15",
        "final_ps": "2758.25",
        "final_part_n": "1103.30",
        "final_part_n1": "1654.95",
        "final_bonus": "634.00",
        "final_bonus_enfants": "329.00",
        "final_bonus_parents": "305.00",
        "collectifs": [
            {
                "collectif_id": "C1",
                "cost": "9000.00",
                "ps": "2758.25",
                "bonus": "634.00",
                "ran": True,
            }
        ],
        "advances_n": "772.31",
        "advances_n1": "1158.46",
        "net": "1461.48",
        "indus": [],
        "cap80": NOT_CAPPED,
    }
    return build(BalanceSettled, settled, changes)


def funding_cancelled(**changes: object) -> FundingCancelled:
    """The grant is cancelled with its first advance at the ceiling."""
    cancelled = {
        **_GRANT,
        "cancelled_on": "2027-06-30",
        "advances_n": "772.31",
        "advances_n1": "0.00",
        "indus": [{"exercise": 2025, "amount": "772.31"}],
        "legal_ground": "Convention d'objectifs et de financement, article 6",
        "motive": "Comptes jamais produits malgré deux relances",
    }
    return build(FundingCancelled, cancelled, changes)


def advance_reversed(**changes: object) -> AdvanceReversed:
    """The reversal of the advance of `samples`."""
    reversed_ = {
        **_GRANT,
        "reversal_id": "ANN-1",
        "order_id": "ORD-1",
        "exercise": 2025,
        "amount": "700.00",
        "reversed_on": "2025-11-20",
        "motive": "Montant saisi pour un autre dossier",
    }
    return build(AdvanceReversed, reversed_, changes)


def adjustment_decided(**changes: object) -> AdjustmentDecided:
    """A rappel: 78.00 more of part N, 117.00 more of part N+1."""
    decided = {
        **_GRANT,
        "control_id": "CONTROLE-1",
        "decided_on": "2028-04-15",
        "kind": "rappel",
        "amount": "195.00",
        "by_origin": [
            {"exercise": 2025, "amount": "78.00"},
            {"exercise": 2026, "amount": "117.00"},
        ],
        "components": {
            "part_n": "78.00",
            "part_n1": "117.00",
            "bonus_enfants": "0.00",
            "bonus_parents": "0.00",
        },
        "measures": ["Recalcul"],
    }
    return build(AdjustmentDecided, decided, changes)
