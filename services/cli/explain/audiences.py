"""One dossier explained to one reader: paragraphs of a title and its lines.

The gestionnaire reads what is missing, what to do and what is paid; the instructeur each check
with its text and values; the auditeur all that was kept.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from services.cli.dossier.by_event import sentences_of
from services.cli.dossier.command import PRODUCERS
from services.cli.dossier.text import Sentences, item
from services.cli.explain.amounts import accounts, amounts
from services.cli.explain.checks import OPEN, CheckedRule, checked, count
from services.cli.explain.citations import quoted, text_of, value_of, values_of
from services.cli.explain.counterfactual import minimal_change
from services.cli.explain.decision import StoredDecision, events_of
from services.cli.rules.catalogue import choices_on
from shared.contracts.accounting import AccountingEntryPosted
from shared.contracts.base import WireModel
from shared.french import moment
from shared.kernel.receipts import Document

Reader = Literal["gestionnaire", "instructeur", "auditeur"]
UNTOLD = ("Registered", "Forwarded")
"""Answers that tell a gestionnaire nothing but that something arrived."""


def explained(reader: Reader, found: Sequence[StoredDecision]) -> Iterator[Sentences]:
    """Yield the decisions in the order of time, then the amounts of each school year."""
    for decided in found:
        yield from READERS[reader](decided)
    for account in accounts(events_of(found)):
        yield Sentences(f"Montants {account.school_year}", tuple(amounts(account)))


def to_gestionnaire(decided: StoredDecision) -> Iterator[Sentences]:
    """Tell a decision in plain words: what is missing, what to do."""
    answers = [each for each in decided.events if not type(each).__name__.endswith(UNTOLD)]
    if decided.service == "accounting" or not answers:
        return
    told = count(decided)
    yield Sentences(
        _title(decided, answers),
        (
            *([f"{told}."] if told else []),
            *(item(line) for line in _missing(decided, answers)),
            *(f"Pour changer cette décision : {line}" for line in minimal_change(decided)),
        ),
    )


def to_instructeur(decided: StoredDecision) -> Iterator[Sentences]:
    """Tell each check of a decision with its text, what was seen and the values read."""
    yield Sentences(
        _title(decided, decided.events),
        (
            _head(decided),
            *(line for each in checked(decided) for line in _check(each, decided)),
            *_shared(decided),
            *(f"Plus petit changement : {line}" for line in minimal_change(decided)),
        ),
    )


def to_auditeur(decided: StoredDecision) -> Iterator[Sentences]:
    """Tell all that was kept of a decision."""
    kept, record, rules = decided.stored, decided.record, decided.stored["rules"]
    state = "intact" if decided.intact else "MODIFIÉ après coup"
    yield Sentences(
        _title(decided, decided.events),
        (
            _head(decided),
            f"Message {record.key.id} de {record.key.source}, empreinte {record.sha256}",
            f"Reçu {decided.receipt.hash}, {state}",
            f"Programme {rules['program']}, paramètres {rules['parameters']}",
            *(item(_input(each)) for each in kept["inputs"]),
            *(item(f"Valeur lue, {value_of(each)}") for each in kept["read"] if each["value"]),
            *(item(_unknown(each)) for each in kept["read"] if each["value"] is None),
            *(line for each in checked(decided) for line in _audited(each)),
            *_shared(decided),
            *(item(_after(each)) for each in kept["after"]),
            *(line for event in decided.events for line in _entry(event)),
            *(item(f"Événement {each['id']}, {each['sha256']}") for each in kept["outputs"]),
            *(f"Plus petit changement : {line}" for line in minimal_change(decided)),
        ),
    )


READERS: dict[Reader, Callable[[StoredDecision], Iterator[Sentences]]] = {
    "gestionnaire": to_gestionnaire,
    "instructeur": to_instructeur,
    "auditeur": to_auditeur,
}


def _head(decided: StoredDecision) -> str:
    return f"{decided.name}, {PRODUCERS[decided.service]}, {moment(decided.at)}"


def _title(decided: StoredDecision, said: Iterable[WireModel]) -> str:
    titles = dict.fromkeys(sentences_of(event).title for event in said)
    return " ; ".join(titles) or sentences_of(decided.event.data).title


def _missing(decided: StoredDecision, answers: Iterable[WireModel]) -> Iterator[str]:
    """Yield what is not right; of a decision about many dossiers, what this one was told."""
    steps = [step for step in decided.steps if step.outcome in OPEN]
    if steps:
        yield from (step.message for step in steps)
        return
    for event in answers:
        for reason in (*getattr(event, "grounds", ()), *getattr(event, "reasons", ())):
            yield reason.message


def _check(each: CheckedRule, decided: StoredDecision) -> Iterator[str]:
    rule = each.step.rule
    yield item(str(each))
    yield f"  Texte : {text_of(rule)}."
    yield from (f"  Choix du service, le texte étant ouvert : {one}." for one in choices_on(rule))
    yield from (f"  Valeur : {value}" for value in values_of(rule, decided))


def _audited(each: CheckedRule) -> Iterator[str]:
    step = each.step
    yield item(str(each))
    if step.amounts:
        yield f"  Montants : {', '.join(f'{k} = {v}' for k, v in step.amounts.items())}"
    yield f"  {quoted(step.rule)}"


def _shared(decided: StoredDecision) -> Iterator[str]:
    """Of a decision about many dossiers, yield what this one was told."""
    if not decided.alone:
        subjects = len(decided.record.dossier_ids)
        yield f"Décision commune à {subjects} dossiers ; pour celui-ci :"
        yield from (line for event in decided.events for line in sentences_of(event).lines)


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
