"""The receipt of a decision: all that it read, how it went, what came of it.

Self-contained and canonical: one JSON document, identified by the SHA-256 of its bytes. It is
stored as those bytes, beside the message and its outputs, in the record of the message.

    form      2; receipts of form 1 have neither this nor the principal
    principal who sent the message
    message   SHA-256 of the message's body
    service   the service that decided
    rules     `program`: its version; `parameters`: digest of all its dated values
    inputs    states that it read: collection, id, version, content (null: does not exist)
    pages     pages that it read: the query and the ids of its states, which are inputs
    read      parameter values it read: name, year asked for, dated year, value with its source
    steps     the findings: each rule's outcome, sentence, observed and expected, amounts
    after     states that it wrote: collection, id, version, SHA-256 of the content
    outputs   events that it published: id, SHA-256 of the body
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from shared.kernel import rules
from shared.kernel.decision import Decision, Query, State, StateRef, States, StoredState
from shared.kernel.effective_dated import ParameterRead
from shared.kernel.messages import FORM, InboundMessage, OutgoingMessage, Receipt
from shared.kernel.service import Service

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """A decision, the states it writes, the messages it publishes, the parameters it read."""

    decision: Decision
    written: tuple[StoredState[Any], ...]
    outputs: tuple[OutgoingMessage, ...]
    reads: tuple[ParameterRead, ...]


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def build_receipt(
    service: str, program: Document, item: InboundMessage, inputs: States, result: DecisionResult
) -> Receipt:
    """Return the receipt of a decision; `program` is what decided (`rules`)."""
    document = {
        "form": FORM,
        "principal": item.key.principal,
        "message": item.sha256,
        "service": service,
        "rules": program,
        "inputs": [_input(stored) for stored in inputs.stored.values()],
        "pages": [_page(query, refs) for query, refs in inputs.pages.items()],
        "read": [_read(read) for read in result.reads],
        "steps": [rules.document(finding) for finding in result.decision.findings],
        "after": [_written(stored) for stored in result.written],
        "outputs": [{"id": each.id, "sha256": sha256(each.body)} for each in result.outputs],
    }
    content = orjson.dumps(document)
    return Receipt(content=content, hash=sha256(content))


def inputs_from_receipt(document: Document, service: Service) -> States:
    """Return what a decision read, from its receipt.

    Raises:
        KeyError: a collection that the service no longer has.
    """
    models = {model.collection: model for model in service.states}
    stored = [_stored(models[entry["collection"]], entry) for entry in document["inputs"]]
    pages = {_query(models, each): _refs(models, each) for each in document["pages"]}
    return States({state.ref: state for state in stored}, pages)


def _input(stored: StoredState[Any]) -> Document:
    return {
        "collection": stored.model.collection,
        "id": stored.key,
        "version": stored.version,
        "content": None if stored.content is None else orjson.Fragment(stored.content),
    }


def _stored(model: type[State], document: Document) -> StoredState[Any]:
    return StoredState(model, document["id"], document["version"], document["content"] or {})


def _read(read: ParameterRead) -> Document:
    return {
        "name": read.name,
        "asked": read.year,
        "dated": read.start_year,
        "value": orjson.Fragment(read.value),
    }


def _written(stored: StoredState[Any]) -> Document:
    assert stored.content is not None, "a decision writes states"
    return {
        "collection": stored.model.collection,
        "id": stored.key,
        "version": stored.version,
        "sha256": sha256(stored.content),
    }


def _page(query: Query[Any], refs: Iterable[StateRef[Any]]) -> Document:
    return {
        "collection": query.model.collection,
        "where": query.where,
        "limit": query.limit,
        "order": query.order,
        "after": query.after,
        "ids": [ref.key for ref in refs],
    }


def _query(models: Mapping[str, type[State]], document: Document) -> Query[Any]:
    where = ((name, _hashable(value)) for name, value in document["where"])
    return Query(
        model=models[document["collection"]],
        where=tuple(where),
        limit=document["limit"],
        order=tuple(document["order"]),
        after=tuple(document["after"]),
    )


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _refs(models: Mapping[str, type[State]], document: Document) -> tuple[StateRef[Any], ...]:
    return tuple(StateRef(models[document["collection"]], key) for key in document["ids"])
