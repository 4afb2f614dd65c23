"""The trial balance, and the chain of what was validated."""

from decimal import Decimal

import pytest

from services.accounting.domain.chain import link, seed
from services.accounting.domain.entries import Entry
from services.accounting.exercise import AccountBalance, broken_link, trial_balance
from shared.contracts.accounting import AccountingEntryPosted
from tests.support import samples


def posted(entry_id: str, amount: str = "772.31") -> AccountingEntryPosted:
    debit = {"ledger": "SF", "account": "6562322410", "debit": amount, "credit": "0.00"}
    credit = {"ledger": "T", "account": "467", "debit": "0.00", "credit": amount}
    return AccountingEntryPosted.model_validate(
        {
            "entry_id": entry_id,
            "caf": "761",
            "exercise": 2025,
            "period": 11,
            "booked_on": "2025-11-20",
            "kind": "advance",
            "label": "Acompte",
            "dossier_id": samples.DOSSIER,
            "school_year": "2025-2026",
            "siret": samples.SIRET,
            "lines": [
                {**debit, "origin_exercise": 2025, "statistical_code": "81512214"},
                {**credit, "origin_exercise": None, "statistical_code": None},
            ],
            "cause": {"id": "a1", "type": "fr.caf.clas.AdvanceGranted.v1"},
        },
        strict=False,
    )


def chain(*entries: AccountingEntryPosted) -> list[Entry]:
    head, validated = seed("761", 2025), []
    for number, posted in enumerate(entries, 1):
        before, head = head, link(head, posted)
        validated.append(
            Entry(
                entry_id=posted.entry_id,
                caf=posted.caf,
                exercise=posted.exercise,
                place="11|2025-11-20",
                posted=posted,
                sequence=number,
                previous_hash=before,
                hash=head,
            )
        )
    return validated


def test_each_account_has_one_row_with_both_sides() -> None:
    rows = trial_balance(chain(posted("a"), posted("b", "0.69")))

    assert rows == [
        AccountBalance("SF 6562322410", Decimal("773.00"), Decimal("0.00")),
        AccountBalance("T 467", Decimal("0.00"), Decimal("773.00")),
    ]
    assert rows[1].balance == Decimal("-773.00")


def test_a_chain_as_it_was_validated_holds() -> None:
    assert broken_link(chain(posted("a"), posted("b")), "761", 2025) is None


@pytest.mark.parametrize(
    "change",
    [
        {"posted": posted("b", "772.32")},
        {"sequence": 3},
        {"sequence": None, "hash": None},
        {"hash": "0" * 64},
    ],
    ids=["amount", "number", "not validated", "hash"],
)
def test_a_change_after_the_validation_shows_where_it_was_made(change: dict[str, object]) -> None:
    first, second, third = chain(posted("a"), posted("b"), posted("c"))
    changed = second.with_changes(**change)

    assert broken_link([first, changed, third], "761", 2025) is changed


def test_an_entry_that_was_taken_away_shows() -> None:
    first, _, third = chain(posted("a"), posted("b"), posted("c"))

    assert broken_link([first, third], "761", 2025) is third
