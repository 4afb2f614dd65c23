"""Rules that the reply of an accounting system must meet; the first violation ends the check."""

from dataclasses import dataclass

from services.accounting.domain.acknowledgements import (
    Reply,
)
from services.accounting.domain.entries import Entry
from shared.contracts.accounting_systems import EntryAcknowledged, EntryRejected
from shared.contracts.common import Reason
from shared.kernel.rules import Rule

ReplyEvent = EntryAcknowledged | EntryRejected


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """A reply of an accounting system, as event and as value, and its entry if there is one."""

    request: ReplyEvent
    reply: Reply
    entry: Entry | None


def _unknown(context: ReplyContext) -> Reason | None:
    """LIV-01: the entry was posted."""
    if context.entry:
        return None
    message = (
        f"L’écriture {context.request.entry_id} n’est pas connue : elle n’a jamais été passée."
    )
    return Reason(rule="LIV-01", message=message)


def _other_caf(context: ReplyContext) -> Reason | None:
    """TEC-03: the reply comes from the entry's Caf."""
    if context.entry is None or context.entry.caf == context.request.caf:
        return None
    message = (
        f"La réponse vient de la Caf {context.request.caf}, mais l’écriture "
        f"{context.entry.entry_id} relève de la Caf {context.entry.caf}."
    )
    return Reason(rule="TEC-03", message=message)


def _unknown_line(context: ReplyContext) -> Reason | None:
    """LIV-02: the lines named belong to the entry."""
    lines = len(context.entry.posted.lines) if context.entry else 0
    named = sorted({reason.line for reason in context.reply.reasons if reason.line})
    if not (beyond := [str(line) for line in named if line > lines]):
        return None
    message = (
        f"Le rejet nomme des lignes que l’écriture {context.request.entry_id} n’a pas : "
        f"{', '.join(beyond)}. Elle en a {lines}."
    )
    return Reason(rule="LIV-02", message=message)


RULES: tuple[Rule, ...] = (
    Rule("LIV-01", "L’écriture est connue.", _unknown),
    Rule("TEC-03", "La réponse vient de la Caf de l’écriture.", _other_caf),
    Rule("LIV-02", "Les lignes nommées sont de l’écriture.", _unknown_line),
)
