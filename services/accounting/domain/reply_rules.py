"""Rules that the reply of an accounting system must meet; the first violation ends the check."""

from dataclasses import dataclass

from services.accounting.domain.acknowledgements import EntryAcknowledgement, Reply
from services.accounting.domain.entries import Entry
from shared.contracts.accounting_systems import EntryAcknowledged, EntryRejected
from shared.french import first_of
from shared.kernel.decision import Finding
from shared.kernel.requests import Owner
from shared.kernel.rules import Rule, breach

ReplyEvent = EntryAcknowledged | EntryRejected


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """A reply of an accounting system, as event and as value, its entry and the reply before."""

    request: ReplyEvent
    reply: Reply
    entry: Entry | None
    before: EntryAcknowledgement | None


def _unknown(context: ReplyContext) -> Finding | None:
    """LIV-01: the entry was posted."""
    if context.entry:
        return None
    message = (
        f"L’écriture {context.request.entry_id} n’est pas connue : elle n’a jamais été passée."
    )
    return breach("LIV-01", message)


def _owner(context: ReplyContext) -> str:
    assert context.entry, "LIV-01 ends the evaluation without an entry"
    return context.entry.caf


def _other_caf(context: ReplyContext) -> str:
    return (
        f"La réponse vient de la Caf {context.request.caf}, mais l’écriture "
        f"{context.request.entry_id} relève de la Caf {_owner(context)}."
    )


def _unknown_line(context: ReplyContext) -> Finding | None:
    """LIV-02: the lines named belong to the entry."""
    lines = len(context.entry.posted.lines) if context.entry else 0
    named = sorted({reason.line for reason in context.reply.reasons if reason.line})
    if not (beyond := [str(line) for line in named if line > lines]):
        return None
    message = (
        f"Le rejet nomme des lignes que l’écriture {context.request.entry_id} n’a pas : "
        f"{first_of(beyond)}. Elle en a {lines}."
    )
    return breach("LIV-02", message)


GATES = (
    Rule("LIV-01", _unknown, "L’écriture est connue."),
    Owner(
        caf=_owner, sentence=_other_caf, success_text="La réponse vient de la Caf de l’écriture."
    ),
    Rule("LIV-02", _unknown_line, "Les lignes nommées sont de l’écriture."),
)
