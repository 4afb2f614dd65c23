"""One dossier explained to one audience: paragraphs of a title and its lines.

The gestionnaire reads the missing items, the next steps and the payments; the instructeur each
rule with its text and values; the auditeur everything that was stored.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from services.cli.dossier.by_event import sentences_of
from services.cli.dossier.command import PRODUCERS
from services.cli.dossier.text import Sentences, item
from services.cli.explain.amounts import amount_texts
from services.cli.explain.citations import parameter_text, parameter_texts, quotation_of, text_of
from services.cli.explain.labels import OPEN_OUTCOMES
from services.cli.explain.sentences import count_text, minimal_change_texts, rule_text
from services.cli.rules.catalogue import choices_on
from services.funding.right_amounts import right_amounts
from shared.contracts.accounting import AccountingEntryPosted
from shared.contracts.base import WireModel
from shared.counterfactual.checked_rules import CheckedRule, checked_rules
from shared.counterfactual.decision import StoredDecision, events_of
from shared.french import moment
from shared.kernel.receipts import Document

Audience = Literal["gestionnaire", "instructeur", "auditeur"]
RECEIPT_ONLY = ("Registered", "Forwarded")
"""Endings of events that only say that something arrived: not shown to a gestionnaire."""


def explanation(audience: Audience, decisions: Sequence[StoredDecision]) -> Iterator[Sentences]:
    """Yield the decisions, oldest first, then the amounts of each school year."""
    for decision in decisions:
        yield from AUDIENCES[audience](decision)
    for amounts in right_amounts(events_of(decisions)):
        yield Sentences(f"Montants {amounts.school_year}", tuple(amount_texts(amounts)))


def for_gestionnaire(decision: StoredDecision) -> Iterator[Sentences]:
    """Yield the missing items and the next steps; nothing for bookings and acknowledgements."""
    events = [e for e in decision.events if not type(e).__name__.endswith(RECEIPT_ONLY)]
    if decision.service.name == "accounting" or not events:
        return
    count = count_text(decision)
    changes = minimal_change_texts(decision)
    yield Sentences(
        _title(decision, events),
        (
            *([f"{count}."] if count else []),
            *(item(line) for line in _missing(decision, events)),
            *(f"Pour changer cette décision : {change}" for change in changes),
        ),
    )


def for_instructeur(decision: StoredDecision) -> Iterator[Sentences]:
    """Yield each rule with its text, the observed value and the parameter values read."""
    yield Sentences(
        _title(decision, decision.events),
        (
            _head(decision),
            *(line for checked in checked_rules(decision) for line in _rule(checked, decision)),
            *_shared(decision),
            *(f"Plus petit changement : {line}" for line in minimal_change_texts(decision)),
        ),
    )


def for_auditeur(decision: StoredDecision) -> Iterator[Sentences]:
    """Yield everything that was stored with a decision, down to hashes and entries."""
    document, record = decision.document, decision.record
    rules, reads = document["rules"], document["read"]
    integrity = "intact" if decision.intact else "MODIFIÉ après coup"
    yield Sentences(
        _title(decision, decision.events),
        (
            _head(decision),
            f"Message {record.key.id} de {record.key.source}, empreinte {record.sha256}",
            f"Reçu {decision.receipt.hash}, {integrity}",
            f"Programme {rules['program']}, paramètres {rules['parameters']}",
            *(item(_input(state)) for state in document["inputs"]),
            *(item(f"Valeur lue, {parameter_text(read)}") for read in reads if read["value"]),
            *(item(_unknown(read)) for read in reads if read["value"] is None),
            *(line for checked in checked_rules(decision) for line in _audited_rule(checked)),
            *_shared(decision),
            *(item(_after(state)) for state in document["after"]),
            *(line for event in decision.events for line in _entry(event)),
            *(item(f"Événement {o['id']}, {o['sha256']}") for o in document["outputs"]),
            *(f"Plus petit changement : {line}" for line in minimal_change_texts(decision)),
        ),
    )


AUDIENCES: dict[Audience, Callable[[StoredDecision], Iterator[Sentences]]] = {
    "gestionnaire": for_gestionnaire,
    "instructeur": for_instructeur,
    "auditeur": for_auditeur,
}


def _head(decision: StoredDecision) -> str:
    return f"{decision.name}, {PRODUCERS[decision.service.name]}, {moment(decision.at)}"


def _title(decision: StoredDecision, events: Iterable[WireModel]) -> str:
    titles = dict.fromkeys(sentences_of(event).title for event in events)
    return " ; ".join(titles) or sentences_of(decision.event.data).title


def _missing(decision: StoredDecision, events: Iterable[WireModel]) -> Iterator[str]:
    """Yield the messages of open rules; without any, the reasons that the events give."""
    steps = [step for step in decision.steps if step.outcome in OPEN_OUTCOMES]
    if steps:
        yield from (step.message for step in steps)
        return
    for event in events:
        for reason in (*getattr(event, "grounds", ()), *getattr(event, "reasons", ())):
            yield reason.message


def _rule(checked: CheckedRule, decision: StoredDecision) -> Iterator[str]:
    rule = checked.step.rule
    yield item(rule_text(checked))
    yield f"  Texte : {text_of(rule)}."
    for choice in choices_on(rule):
        yield f"  Choix du service, le texte étant ouvert : {choice}."
    yield from (f"  Valeur : {text}" for text in parameter_texts(rule, decision))


def _audited_rule(checked: CheckedRule) -> Iterator[str]:
    step = checked.step
    yield item(rule_text(checked))
    if step.amounts:
        yield f"  Montants : {', '.join(f'{k} = {v}' for k, v in step.amounts.items())}"
    yield f"  {quotation_of(step.rule)}"


def _shared(decision: StoredDecision) -> Iterator[str]:
    """Yield the part about this dossier of a decision about several."""
    if not decision.exclusive:
        subjects = len(decision.record.dossier_ids)
        yield f"Décision commune à {subjects} dossiers ; pour celui-ci :"
        yield from (line for event in decision.events for line in sentences_of(event).lines)


def _input(document: Document) -> str:
    name = f"{document['collection']} {document['id']}"
    if document["content"] is None:
        return f"État lu, {name} : n’existait pas"
    return f"État lu, {name} : version {document['version']}"


def _unknown(document: Document) -> str:
    return f"Valeur lue, {document['name']} : aucune pour {document['asked']}"


def _after(document: Document) -> str:
    name = f"{document['collection']} {document['id']}"
    return f"État décidé, {name} : version {document['version']}, {document['sha256']}"


def _entry(event: WireModel) -> Iterator[str]:
    if isinstance(event, AccountingEntryPosted):
        yield f"Écriture {event.entry_id}"
        yield from sentences_of(event).lines
