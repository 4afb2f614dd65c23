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
from services.accounting.domain.reply_rules import RULES, ReplyContext, ReplyEvent
from shared.contracts.accounting import DeliveryRegistered
from shared.contracts.accounting_systems import EntryAcknowledged, EntryRejected
from shared.contracts.common import RequestRefused
from shared.kernel.decision import Decision, Message, OutgoingEvent, State, StateRef, States
from shared.kernel.rules import Evaluation, evaluate_until_first


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


def acknowledge(
    message: Message[EntryAcknowledged],
    states: States,
    parameters: object,  # noqa: ARG001
) -> Decision:
    """Record that a system booked an entry, or refuse the reply [LIV-01, TEC-03]."""
    request = message.data
    reply = Reply(
        status="acknowledged",
        told_on=request.acknowledged_on,
        time=message.time,
        id=message.id,
        reference=request.reference,
    )
    return _handle_reply(message, states, reply)


def reject(
    message: Message[EntryRejected],
    states: States,
    parameters: object,  # noqa: ARG001
) -> Decision:
    """Record that a system rejected an entry, or refuse the reply [LIV-01, LIV-02, TEC-03]."""
    request = message.data
    reply = Reply(
        status="rejected",
        told_on=request.rejected_on,
        time=message.time,
        id=message.id,
        reasons=request.reasons,
    )
    return _handle_reply(message, states, reply)


def _handle_reply(message: Message[ReplyEvent], states: States, reply: Reply) -> Decision:
    """Answer `DeliveryRegistered` with the latest reply, or `RequestRefused`."""
    request = message.data
    entry = states.get(Entry, request.entry_id)
    evaluation = evaluate_until_first(RULES, ReplyContext(request, reply, entry))
    if entry is None or evaluation.reasons:
        return _refused(message, evaluation)
    before = states.get(EntryAcknowledgement, acknowledgement_key(request.entry_id, request.system))
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
        steps=(*evaluation.steps, explain(after, reply)),
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


def _refused(message: Message[ReplyEvent], evaluation: Evaluation) -> Decision:
    refused = RequestRefused(
        event_id=message.id,
        event_type=message.type,
        caf=message.data.caf,
        reasons=evaluation.reasons,
    )
    return Decision(events=(refused,), steps=evaluation.steps)
