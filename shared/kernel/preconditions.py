"""Write preconditions, checked by the store before it writes: the same for every store."""

from collections import defaultdict
from collections.abc import Sequence

from shared.kernel.decision import WritePrecondition
from shared.kernel.ports import Change, PreconditionFailedError, Transaction


async def check_preconditions(transaction: Transaction, changes: Sequence[Change]) -> bool:
    """Check the preconditions of these changes; return whether there are any.

    Raises:
        PreconditionFailedError: a document may not be written.
    """
    guarded = [(change, change.precondition) for change in changes if change.precondition]
    documents = await _documents(transaction, [precondition for _, precondition in guarded])
    for change, precondition in guarded:
        if not precondition.allows(documents.get((precondition.collection, precondition.id))):
            raise PreconditionFailedError(_refusal(change, precondition))
    return bool(guarded)


def _refusal(change: Change, precondition: WritePrecondition) -> str:
    item = f"{precondition.field} {precondition.value}"
    place = f"{precondition.collection} {precondition.id}, {item}"
    allowed = " or ".join(precondition.allowed)
    return f"{change.collection} {change.id} is sealed: {place} is not {allowed}"


async def _documents(
    transaction: Transaction, preconditions: Sequence[WritePrecondition]
) -> dict[tuple[str, str], dict[str, object]]:
    """Return the documents that preconditions name, by collection and id."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for precondition in preconditions:
        ids[precondition.collection].add(precondition.id)
    return {
        (collection, stored.id): stored.document
        for collection, ids_in_collection in ids.items()
        for stored in await transaction.find(collection, sorted(ids_in_collection))
    }
