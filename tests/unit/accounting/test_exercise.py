"""The projection of an exercise: its totals, and the chain of what was validated."""

from collections.abc import Iterable
from decimal import Decimal

import pytest

from services.accounting.domain.chain import link, seed
from services.accounting.domain.entries import Entry
from services.accounting.exercise import Chain, Exercise, ExerciseBuilder
from shared.contracts.accounting import AccountingEntryPosted, AccountTotal, KindTotal
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


def exercise_of(entries: Iterable[Entry], *, closed: bool = True) -> Exercise:
    builder = ExerciseBuilder(Chain("761", 2025) if closed else None)
    for entry in entries:
        builder.add(entry)
    return builder.exercise


def test_each_account_has_one_row_with_both_sides_and_each_kind_its_debits() -> None:
    exercise = exercise_of(chain(posted("a"), posted("b", "0.69")))

    nothing, both = Decimal("0.00"), Decimal("773.00")
    assert exercise.trial_balance == (
        AccountTotal(ledger="SF", account="6562322410", debit=both, credit=nothing),
        AccountTotal(ledger="T", account="467", debit=nothing, credit=both),
    )
    assert exercise.totals == (KindTotal(kind="advance", count=2, amount=Decimal("773.00")),)
    assert (exercise.count, exercise.lines) == (2, 4)
    assert exercise.debit == exercise.credit == Decimal("773.00")


def test_an_exercise_without_entries_has_no_numbers_and_the_head_of_its_seed() -> None:
    exercise = exercise_of(())

    assert exercise.count == exercise.debit == 0
    assert not exercise.trial_balance
    assert (exercise.first_sequence, exercise.last_sequence) == (None, None)
    assert exercise.head_hash == seed("761", 2025)


def test_an_open_exercise_has_no_chain() -> None:
    exercise = exercise_of(chain(posted("a"))[::-1], closed=False)

    assert (exercise.head_hash, exercise.broken_at) == (None, None)


def test_a_chain_as_it_was_validated_holds() -> None:
    entries = chain(posted("a"), posted("b"))
    exercise = exercise_of(entries)

    assert exercise.broken_at is None
    assert exercise.head_hash == entries[-1].hash
    assert (exercise.first_sequence, exercise.last_sequence) == (1, 2)


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

    assert exercise_of([first, changed, third]).broken_at is changed


def test_an_entry_that_was_taken_away_shows() -> None:
    first, _, third = chain(posted("a"), posted("b"), posted("c"))

    assert exercise_of([first, third]).broken_at is third
