"""Accounting systems acknowledge entries or reject them, each one for itself."""

from collections.abc import Iterable

from services.accounting.domain.acknowledgements import (
    EntryAcknowledgement,
    Reply,
    acknowledgement_key,
    explain,
    is_newer,
)
from services.accounting.domain.entries import Entry
from services.accounting.domain.reply_rules import CHECKS, ReplyContext, ReplyEvent
from shared.contracts.accounting import DeliveryRegistered
from shared.contracts.accounting_systems import EntryAcknowledged, EntryRejected
from shared.contracts.common import RequestRefused
from shared.kernel.decision import Decision, Message, OutgoingEvent, State, StateRef, States
from shared.kernel.rules import Evaluation, evaluate_until_first


def states_of_reply(
    message: Message[ReplyEvent],
    states: States,  # noqa: ARG001 - every `reads` has this shape
) -> Iterable[StateRef[State]]:
    """Name the entry and what the system said of it before."""
    reply = message.data
    return (
        StateRef(Entry, reply.entry_id),
        StateRef(EntryAcknowledgement, acknowledgement_key(reply.entry_id, reply.system)),
    )


def acknowledge(
    message: Message[EntryAcknowledged],
    states: States,
    parameters: object,  # noqa: ARG001
) -> Decision:
    """Keep that a system booked an entry, or refuse what it says [LIV-01, TEC-03]."""
    reply = message.data
    word = Reply(
        status="acknowledged",
        told_on=reply.acknowledged_on,
        time=message.time,
        id=message.id,
        reference=reply.reference,
    )
    return _handle_reply(message, states, word)


def reject(
    message: Message[EntryRejected],
    states: States,
    parameters: object,  # noqa: ARG001
) -> Decision:
    """Keep that a system does not book an entry, and why, or refuse it [LIV-01, LIV-02, TEC-03]."""
    reply = message.data
    word = Reply(
        status="rejected",
        told_on=reply.rejected_on,
        time=message.time,
        id=message.id,
        reasons=reply.reasons,
    )
    return _handle_reply(message, states, word)


def _handle_reply(message: Message[ReplyEvent], states: States, word: Reply) -> Decision:
    """Answer `DeliveryRegistered` each time with the word that counts, or `RequestRefused`."""
    reply = message.data
    entry = states.get(Entry, reply.entry_id)
    weighed = evaluate_until_first(CHECKS, ReplyContext(reply, word, entry))
    if entry is None or weighed.reasons:
        return _refused(message, weighed)
    before = states.get(EntryAcknowledgement, acknowledgement_key(reply.entry_id, reply.system))
    after = before if before and not is_newer(word, before) else _delivery(entry, reply, word)
    return Decision(
        states=() if after is before else (after,),
        events=(
            OutgoingEvent(
                _registered(entry, after), about=StateRef(EntryAcknowledgement, after.key)
            ),
        ),
        steps=(*weighed.steps, explain(after, word)),
    )


def _delivery(entry: Entry, reply: ReplyEvent, word: Reply) -> EntryAcknowledgement:
    return EntryAcknowledgement(
        entry_id=entry.entry_id,
        caf=entry.caf,
        exercise=entry.exercise,
        system=reply.system,
        word=word,
    )


def _registered(entry: Entry, delivery: EntryAcknowledgement) -> DeliveryRegistered:
    return DeliveryRegistered(
        caf=entry.caf,
        dossier_id=entry.posted.dossier_id,
        entry_id=entry.entry_id,
        exercise=entry.exercise,
        system=delivery.system,
        status=delivery.word.status,
        told_on=delivery.word.told_on,
    )


def _refused(message: Message[ReplyEvent], weighed: Evaluation) -> Decision:
    refused = RequestRefused(
        event_id=message.id,
        event_type=message.type,
        caf=message.data.caf,
        reasons=weighed.reasons,
    )
    return Decision(events=(refused,), steps=weighed.steps)
