"""Handlers of the replies of accounting systems: entries acknowledged or rejected."""

from collections.abc import Iterable

from services.accounting.domain.acknowledgements import (
    EntryAcknowledgement,
    Reply,
    acknowledgement_key,
    explain,
    is_newer,
)
from services.accounting.domain.entries import Entry
from services.accounting.domain.reply_rules import GATES, ReplyContext, ReplyEvent
from shared.contracts.accounting import DeliveryRegistered
from shared.contracts.accounting_systems import EntryAcknowledged, EntryRejected
from shared.kernel.decision import (
    Decision,
    Finding,
    Message,
    OutgoingEvent,
    State,
    StateRef,
    States,
)
from shared.kernel.requests import Request


def states_of_reply(
    message: Message[ReplyEvent],
    states: States,  # noqa: ARG001 - every `required_states` has this signature
) -> Iterable[StateRef[State]]:
    """Return the entry and its acknowledgement by the system."""
    request = message.data
    return (
        StateRef(Entry, request.entry_id),
        StateRef(EntryAcknowledgement, acknowledgement_key(request.entry_id, request.system)),
    )


def _acknowledged(
    message: Message[EntryAcknowledged],
    states: States,
    parameters: object,  # noqa: ARG001
) -> ReplyContext:
    request = message.data
    reply = Reply(
        status="acknowledged",
        told_on=request.acknowledged_on,
        time=message.time,
        id=message.id,
        reference=request.reference,
    )
    return _context(request, reply, states)


def _rejected(
    message: Message[EntryRejected],
    states: States,
    parameters: object,  # noqa: ARG001
) -> ReplyContext:
    request = message.data
    reply = Reply(
        status="rejected",
        told_on=request.rejected_on,
        time=message.time,
        id=message.id,
        reasons=request.reasons,
    )
    return _context(request, reply, states)


def _context(request: ReplyEvent, reply: Reply, states: States) -> ReplyContext:
    key = acknowledgement_key(request.entry_id, request.system)
    entry = states.get(Entry, request.entry_id)
    return ReplyContext(request, reply, entry, states.get(EntryAcknowledgement, key))


def _register(context: ReplyContext, findings: tuple[Finding, ...]) -> Decision:
    """Answer `DeliveryRegistered` with the latest reply."""
    request, reply, entry, before = context.request, context.reply, context.entry, context.before
    assert entry, "LIV-01 refuses a reply without its entry"
    after = (
        before
        if before and not is_newer(reply, before)
        else _acknowledgement(entry, request, reply)
    )
    return Decision(
        states=() if after is before else (after,),
        events=(
            OutgoingEvent(
                _registered(entry, after), about=StateRef(EntryAcknowledgement, after.key)
            ),
        ),
        findings=(*findings, explain(after, reply)),
    )


def _acknowledgement(entry: Entry, request: ReplyEvent, reply: Reply) -> EntryAcknowledgement:
    return EntryAcknowledgement(
        entry_id=entry.entry_id,
        caf=entry.caf,
        exercise=entry.exercise,
        system=request.system,
        word=reply,
    )


def _registered(entry: Entry, acknowledgement: EntryAcknowledgement) -> DeliveryRegistered:
    return DeliveryRegistered(
        caf=entry.caf,
        dossier_id=entry.posted.dossier_id,
        entry_id=entry.entry_id,
        exercise=entry.exercise,
        system=acknowledgement.system,
        status=acknowledgement.word.status,
        told_on=acknowledgement.word.told_on,
    )


ACKNOWLEDGEMENT = Request(context=_acknowledged, gates=GATES, accept=_register)
"""Records that a system booked an entry, or refuses the reply [LIV-01, TEC-03]."""
REJECTION = Request(context=_rejected, gates=GATES, accept=_register)
"""Records that a system rejected an entry, or refuses the reply [LIV-01, LIV-02, TEC-03]."""
