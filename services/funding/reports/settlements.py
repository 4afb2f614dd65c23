"""What became of the rights: envelopes, corrections, balances and controls, in euros."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from shared.contracts.caf import EnvelopeAllotted
from shared.contracts.common import ExerciseAmount
from shared.contracts.funding import (
    AdjustmentDecided,
    AdjustmentRefused,
    AdvanceReversed,
    BalanceRefused,
    BalanceSettled,
    FundingCancelled,
    FundingDeferred,
    FundingGranted,
)
from shared.kernel.money import ZERO, total
from shared.kernel.published_events import Journal, RuleCount, rule_counts


@dataclass(frozen=True, slots=True)
class Envelope:
    """The last total that a Caf told for an exercise, and what was granted on it."""

    exercise: int
    allotted: Decimal
    granted: Decimal


@dataclass(frozen=True, slots=True)
class Envelopes:
    """The envelopes by exercise, and how many dossiers had to wait for one."""

    exercises: tuple[Envelope, ...]
    waited: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
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
    """The controls, and why one was not concluded."""

    decided: tuple[AdjustmentDecided, ...]
    refused: tuple[RuleCount, ...]


def envelopes(journal: Journal) -> Envelopes:
    """Set what was granted against what was allotted."""
    allotted = {each.exercise: each.amount for each in journal.all(EnvelopeAllotted)}
    charges = [charge for grant in journal.all(FundingGranted) for charge in grant.envelopes]
    waits = {
        deferred.dossier_id
        for deferred in journal.all(FundingDeferred)
        if any(reason.rule == "ENV-03" for reason in deferred.reasons)
    }
    return Envelopes(
        exercises=tuple(
            Envelope(exercise, amount, total(c.amount for c in charges if c.exercise == exercise))
            for exercise, amount in sorted(allotted.items())
        ),
        waited=len(waits),
    )


def balances(journal: Journal) -> Balances:
    """Add up the balances; a cancelled right owes back its advances."""
    settled, cancelled = journal.all(BalanceSettled), journal.all(FundingCancelled)
    closed: tuple[BalanceSettled | FundingCancelled, ...] = (*settled, *cancelled)
    granted = {grant.dossier_id for grant in journal.all(FundingGranted)}
    ended = {each.dossier_id for each in closed}
    owing = [each.indus for each in closed if each.indus]
    return Balances(
        settled=len(settled),
        ps=total(each.final_ps for each in settled),
        bonus=total(each.final_bonus for each in settled),
        advances=total(each.advances_n + each.advances_n1 for each in closed),
        to_pay=total(map(_to_pay, settled)),
        with_indu=len(owing),
        indus=total(indu.amount for indus in owing for indu in indus),
        unsettled=len(granted - ended),
        cancelled=len(cancelled),
        refused=rule_counts(r for each in journal.all(BalanceRefused) for r in each.reasons),
        reversed=journal.all(AdvanceReversed),
    )


def controls(journal: Journal) -> Controls:
    """Return what the controls came to."""
    refused = journal.all(AdjustmentRefused)
    return Controls(
        decided=tuple(sorted(journal.all(AdjustmentDecided), key=_control_id)),
        refused=rule_counts(reason for each in refused for reason in each.reasons),
    )


def _control_id(decided: AdjustmentDecided) -> str:
    return decided.control_id


def _to_pay(balance: BalanceSettled) -> Decimal:
    """Return what is paid: each part by itself, an indu of the other is not taken off."""
    return max(balance.net + _sum(balance.indus), ZERO)


def _sum(indus: Iterable[ExerciseAmount]) -> Decimal:
    return total(indu.amount for indu in indus)
