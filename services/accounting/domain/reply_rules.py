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
    """What a system said, and the entry that it speaks of, if there is one."""

    reply: ReplyEvent
    word: Reply
    entry: Entry | None


def _unknown(case: ReplyContext) -> Reason | None:
    """Speak of an entry that was posted [LIV-01]."""
    if case.entry:
        return None
    message = f"L’écriture {case.reply.entry_id} n’est pas connue : elle n’a jamais été passée."
    return Reason(rule="LIV-01", message=message)


def _other_caf(case: ReplyContext) -> Reason | None:
    """Let only the systems of the entry's Caf speak of it [TEC-03]."""
    if case.entry is None or case.entry.caf == case.reply.caf:
        return None
    message = (
        f"La réponse vient de la Caf {case.reply.caf}, mais l’écriture {case.entry.entry_id} "
        f"relève de la Caf {case.entry.caf}."
    )
    return Reason(rule="TEC-03", message=message)


def _unknown_line(case: ReplyContext) -> Reason | None:
    """Name lines that the entry has [LIV-02]."""
    lines = len(case.entry.posted.lines) if case.entry else 0
    named = sorted({each.line for each in case.word.reasons if each.line})
    if not (beyond := [str(line) for line in named if line > lines]):
        return None
    message = (
        f"Le rejet nomme des lignes que l’écriture {case.reply.entry_id} n’a pas : "
        f"{', '.join(beyond)}. Elle en a {lines}."
    )
    return Reason(rule="LIV-02", message=message)


CHECKS: tuple[Rule, ...] = (
    Rule("LIV-01", "L’écriture est connue.", _unknown),
    Rule("TEC-03", "La réponse vient de la Caf de l’écriture.", _other_caf),
    Rule("LIV-02", "Les lignes nommées sont de l’écriture.", _unknown_line),
)
