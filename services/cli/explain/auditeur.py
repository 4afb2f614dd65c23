"""A decision explained to an auditeur: all that was stored, down to hashes and entries."""

from collections.abc import Iterator

from services.cli.explain.citations import parameter_text, quotation_of
from services.cli.explain.conditions import condition_texts
from services.cli.explain.paragraph import head, next_lines, shared_lines, title
from shared.contracts.accounting import AccountingEntryPosted
from shared.contracts.base import WireModel
from shared.contracts.sentences.by_event import sentences_of
from shared.contracts.sentences.findings import finding_text
from shared.contracts.sentences.text import Sentences, item
from shared.counterfactual.decision import StoredDecision
from shared.kernel.decision import Finding
from shared.kernel.receipts import Document


def for_auditeur(decision: StoredDecision) -> Iterator[Sentences]:
    """Yield everything that was stored with a decision, down to hashes and entries."""
    document, record = decision.document, decision.record
    rules, reads = document["rules"], document["read"]
    integrity = "intact" if decision.intact else "MODIFIÉ après coup"
    yield Sentences(
        title(decision, decision.events),
        (
            head(decision),
            f"Message {record.key.id} de {record.key.source}, empreinte {record.sha256}",
            f"Reçu {decision.receipt.hash}, {integrity}",
            f"Programme {rules['program']}, paramètres {rules['parameters']}",
            *condition_texts(decision),
            *(item(_input(state)) for state in document["inputs"]),
            *(item(f"Valeur lue, {parameter_text(read)}") for read in reads if read["value"]),
            *(item(_unknown(read)) for read in reads if read["value"] is None),
            *(line for finding in decision.findings for line in _audited(finding)),
            *shared_lines(decision),
            *(item(_after(state)) for state in document["after"]),
            *(line for event in decision.events for line in _entry(event)),
            *(item(f"Événement {o['id']}, {o['sha256']}") for o in document["outputs"]),
            *next_lines(decision),
        ),
    )


def _audited(finding: Finding) -> Iterator[str]:
    yield item(finding_text(finding))
    if finding.amounts:
        yield f"  Montants : {', '.join(f'{k} = {v}' for k, v in finding.amounts.items())}"
    yield f"  {quotation_of(finding.rule)}"


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
