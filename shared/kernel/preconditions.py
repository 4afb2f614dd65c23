"""Write preconditions, checked by the store before it writes: the same for every store."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.kernel.decision import State, StateRef, StoredState, WritePrecondition
from shared.kernel.ports import PreconditionFailedError, Transaction


async def check_preconditions(transaction: Transaction, states: Sequence[StoredState[Any]]) -> bool:
    """Check the preconditions of these states; return whether there are any.

    Raises:
        PreconditionFailedError: a state may not be written.
    """
    guarded = [(stored, condition) for stored in states if (condition := _condition(stored))]
    documents = await _documents(transaction, (condition for _, condition in guarded))
    for stored, condition in guarded:
        if not condition.allows(documents.get(StateRef(condition.model, condition.id))):
            raise PreconditionFailedError(_refusal(stored, condition))
    return bool(guarded)


def _condition(stored: StoredState[State]) -> WritePrecondition | None:
    return stored.state.write_precondition if stored.state else None


def _refusal(stored: StoredState[Any], condition: WritePrecondition) -> str:
    item = f"{condition.field} {condition.value}"
    place = f"{condition.model.collection} {condition.id}, {item}"
    allowed = " or ".join(condition.allowed)
    return f"{stored.model.collection} {stored.key} is sealed: {place} is not {allowed}"


async def _documents(
    transaction: Transaction, conditions: Iterable[WritePrecondition]
) -> Mapping[StateRef[Any], dict[str, Any]]:
    """Return the documents that preconditions name."""
    keys: defaultdict[type[State], set[str]] = defaultdict(set)
    for condition in conditions:
        keys[condition.model].add(condition.id)
    return {
        stored.ref: stored.document
        for model, of_model in keys.items()
        for stored in await transaction.find(model, sorted(of_model))
    }
