"""Guards of documents, looked at by the store before it writes: the same for every store."""

from collections import defaultdict
from collections.abc import Sequence

from shared.kernel.decision import WritePrecondition
from shared.kernel.ports import Change, PreconditionFailedError, Transaction


async def check_preconditions(transaction: Transaction, changes: Sequence[Change]) -> bool:
    """Look at what guards these documents; return whether anything does.

    Raises:
        Sealed: a document may not be written.
    """
    guarded = [(change, change.precondition) for change in changes if change.precondition]
    found = await _found(transaction, [guard for _, guard in guarded])
    for change, guard in guarded:
        if not guard.allows(found.get((guard.collection, guard.id))):
            place = f"{guard.collection} {guard.id}, {guard.field} {guard.value}"
            allowed = " or ".join(guard.allowed)
            msg = f"{change.collection} {change.id} is sealed: {place} is not {allowed}"
            raise PreconditionFailedError(msg)
    return bool(guarded)


async def _found(
    transaction: Transaction, guards: Sequence[WritePrecondition]
) -> dict[tuple[str, str], dict[str, object]]:
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for guard in guards:
        ids[guard.collection].add(guard.id)
    return {
        (collection, each.id): each.document
        for collection, wanted in ids.items()
        for each in await transaction.find(collection, sorted(wanted))
    }
