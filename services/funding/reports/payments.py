"""Report of a campaign's advances, balances and controls. Amounts in euros."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from services.funding.rights import rights_of
from shared.contracts.funding import (
    AdjustmentDecided,
    AdjustmentRefused,
    AdvanceGranted,
    AdvanceRefused,
    AdvanceReversed,
    BalanceRefused,
    BalanceSettled,
    FundingCancelled,
)
from shared.kernel.money import ZERO, total
from shared.kernel.published_events import PublishedEvents, RuleCount, rule_counts


@dataclass(frozen=True, slots=True)
class ExerciseAdvances:
    """The advances granted on an exercise, reversed ones included, and the ceiling of all."""

    exercise: int
    count: int
    amount: Decimal
    ceiling: Decimal


@dataclass(frozen=True, slots=True)
class Advances:
    """The advances by exercise, and why orders were refused."""

    granted: tuple[ExerciseAdvances, ...]
    refused: int
    reasons: tuple[RuleCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlements:
    """The balances: what the accounts came to, what is still to pay and what to recover.

    `indus` are by exercise and never netted; `unsettled` dossiers have no balance yet.
    """

    settled: int
    ps: Decimal
    bonus: Decimal
    advances: Decimal
    to_pay: Decimal
    with_indu: int
    indus: Decimal
    unsettled: int
    cancelled: int
    refused: tuple[RuleCount, ...]
    reversed: tuple[AdvanceReversed, ...]


@dataclass(frozen=True, slots=True)
class Controls:
    """The controls by id, and why others were not concluded."""

    decided: tuple[AdjustmentDecided, ...]
    refused: tuple[RuleCount, ...]


def advances(events: PublishedEvents) -> Advances:
    """Add up the advances, by exercise against the ceilings of all grants."""
    granted, refused = events.of_type(AdvanceGranted), events.of_type(AdvanceRefused)
    ceilings: defaultdict[int, list[Decimal]] = defaultdict(list)
    for right in rights_of(events.data).in_order():
        for exercise, ceiling in right.ceilings.items():
            ceilings[exercise].append(ceiling)
    by_exercise = {
        exercise: [advance.amount for advance in granted if advance.exercise == exercise]
        for exercise in sorted(ceilings)
    }
    return Advances(
        granted=tuple(
            ExerciseAdvances(exercise, len(amounts), total(amounts), total(ceilings[exercise]))
            for exercise, amounts in by_exercise.items()
        ),
        refused=len(refused),
        reasons=rule_counts(reason for event in refused for reason in event.reasons),
    )


def settlements(events: PublishedEvents) -> Settlements:
    """Add up the balances; a cancelled right owes its advances back."""
    rights = rights_of(events.data).in_order()
    settled = [right.settled for right in rights if right.settled]
    cancelled = [right.cancelled for right in rights if right.cancelled]
    ended: tuple[BalanceSettled | FundingCancelled, ...] = (*settled, *cancelled)
    refused = events.of_type(BalanceRefused)
    return Settlements(
        settled=len(settled),
        ps=total(balance.final_ps for balance in settled),
        bonus=total(balance.final_bonus for balance in settled),
        advances=total(event.advances_n + event.advances_n1 for event in ended),
        to_pay=total(map(_to_pay, settled)),
        with_indu=sum(bool(event.indus) for event in ended),
        indus=total(indu.amount for event in ended for indu in event.indus),
        unsettled=sum(bool(r.running_grant and not r.settled) for r in rights),
        cancelled=len(cancelled),
        refused=rule_counts(reason for event in refused for reason in event.reasons),
        reversed=events.of_type(AdvanceReversed),
    )


def controls(events: PublishedEvents) -> Controls:
    """Return the controls and the reasons of those refused."""
    refused = events.of_type(AdjustmentRefused)
    return Controls(
        decided=tuple(sorted(events.of_type(AdjustmentDecided), key=_control_id)),
        refused=rule_counts(reason for event in refused for reason in event.reasons),
    )


def _control_id(decided: AdjustmentDecided) -> str:
    return decided.control_id


def _to_pay(balance: BalanceSettled) -> Decimal:
    """Return what is paid: an indu of one exercise is not deducted from the other."""
    return max(balance.net + total(indu.amount for indu in balance.indus), ZERO)
