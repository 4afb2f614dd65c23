"""One dossier explained to one audience: paragraphs of a title and its lines.

The gestionnaire reads the missing items, the next steps and the payments; the instructeur each
rule with its text and values; the auditeur everything that was stored. All three read the motive
and the conditions of a decision, and what may be done next.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from services.cli.explain.amounts import amount_texts
from services.cli.explain.auditeur import for_auditeur
from services.cli.explain.citations import parameter_texts, text_of
from services.cli.explain.conditions import condition_texts
from services.cli.explain.paragraph import dates, head, next_lines, shared_lines, title
from services.cli.explain.sentences import minimal_change_texts
from services.cli.explain.ways_out import way_out_texts
from services.cli.rules.catalogue import choices_on
from services.funding.rights import rights_of
from shared.contracts.base import WireModel
from shared.contracts.sentences.findings import OPEN_OUTCOMES, count_text, finding_text
from shared.contracts.sentences.text import Sentences, item
from shared.counterfactual.decision import StoredDecision, events_of
from shared.french import unended
from shared.kernel.decision import Finding

Audience = Literal["gestionnaire", "instructeur", "auditeur"]
RECEIPT_ONLY = ("Registered", "Forwarded")
"""Endings of events that only say that something arrived: not shown to a gestionnaire."""


def explanation(audience: Audience, decisions: Sequence[StoredDecision]) -> Iterator[Sentences]:
    """Yield the decisions, oldest first, then the amounts of each school year."""
    for decision in decisions:
        yield from AUDIENCES[audience](decision)
    for right in rights_of(events_of(decisions)).in_order():
        if granted := right.granted:
            title = f"Montants {right.school_year}"
            yield Sentences(title, tuple(amount_texts(right, granted)))


def for_gestionnaire(decision: StoredDecision) -> Iterator[Sentences]:
    """Yield the missing items and the next steps; nothing for bookings and acknowledgements."""
    events = [e for e in decision.events if not type(e).__name__.endswith(RECEIPT_ONLY)]
    if decision.service.name == "accounting" or not events:
        return
    count = count_text(finding.outcome for finding in decision.findings)
    changes = minimal_change_texts(decision)
    yield Sentences(
        title(decision, events),
        (
            dates(decision),
            *([f"{count}."] if count else []),
            *condition_texts(decision),
            *(item(line) for line in _missing(decision, events)),
            *(f"Pour changer cette décision : {change}" for change in changes),
            *way_out_texts(decision),
        ),
    )


def for_instructeur(decision: StoredDecision) -> Iterator[Sentences]:
    """Yield each rule with its text, the observed value and the parameter values read."""
    yield Sentences(
        title(decision, decision.events),
        (
            head(decision),
            *condition_texts(decision),
            *(line for finding in decision.findings for line in _rule(finding, decision)),
            *shared_lines(decision),
            *next_lines(decision),
        ),
    )


AUDIENCES: dict[Audience, Callable[[StoredDecision], Iterator[Sentences]]] = {
    "gestionnaire": for_gestionnaire,
    "instructeur": for_instructeur,
    "auditeur": for_auditeur,
}


def _missing(decision: StoredDecision, events: Iterable[WireModel]) -> Iterator[str]:
    """Yield the messages of open rules; without any, the reasons that the events give."""
    findings = [each for each in decision.findings if each.outcome in OPEN_OUTCOMES]
    if findings:
        yield from (finding.message for finding in findings)
        return
    for event in events:
        for reason in (*getattr(event, "grounds", ()), *getattr(event, "reasons", ())):
            yield reason.message


def _rule(finding: Finding, decision: StoredDecision) -> Iterator[str]:
    rule = finding.rule
    yield item(finding_text(finding))
    yield f"  Texte : {unended(text_of(rule))}."
    for choice in choices_on(rule):
        yield f"  Choix du service, le texte étant ouvert : {unended(choice)}."
    yield from (f"  Valeur : {text}" for text in parameter_texts(rule, decision))
