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
from shared.kernel.decide import DecisionInputs, DecisionResult, LoadedState
from shared.kernel.decision import Query, Service, State, StateRef
from shared.kernel.inbound import InboundMessage
from shared.kernel.ports import FORM, Receipt

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a decision comes from: service, version of the program, digest of its parameters."""

    service: str
    program: str
    parameters: str


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def build_receipt(
    provenance: Provenance, item: InboundMessage, inputs: DecisionInputs, result: DecisionResult
) -> Receipt:
    """Return the receipt of a decision."""
    document = {
        "form": FORM,
        "principal": item.key.principal,
        "message": item.sha256,
        "service": provenance.service,
        "rules": {"program": provenance.program, "parameters": provenance.parameters},
        "inputs": [_input(ref, loaded) for ref, loaded in inputs.states.items()],
        "pages": [_page(page, refs) for page, refs in inputs.pages.items()],
        "read": [
            {
                "name": read.name,
                "asked": read.year,
                "dated": read.start_year,
                "value": orjson.Fragment(read.value),
            }
            for read in result.read
        ],
        "steps": [rules.document(finding) for finding in result.decision.findings],
        "after": [
            {
                "collection": ref.model.collection,
                "id": ref.key,
                "version": decided.version,
                "sha256": sha256(decided.content),
            }
            for ref, decided in result.after.items()
        ],
        "outputs": [{"id": each.id, "sha256": sha256(each.body)} for each in result.outputs],
    }
    content = orjson.dumps(document)
    return Receipt(content=content, hash=sha256(content))


def inputs_from_receipt(document: Document, service: Service) -> DecisionInputs:
    """Return what a decision read, from its receipt.

    Raises:
        KeyError: a collection that the service no longer has.
        pydantic.ValidationError: a state that its class can no longer read.
    """
    models = {model.collection: model for model in service.states}
    states = {
        StateRef(models[entry["collection"]], entry["id"]): _loaded_state(
            models[entry["collection"]], entry
        )
        for entry in document["inputs"]
    }
    pages = {_page_of(models, each): _refs_of(models, each) for each in document["pages"]}
    return DecisionInputs(states, pages)


def _input(ref: StateRef[Any], loaded: LoadedState) -> Document:
    return {
        "collection": ref.model.collection,
        "id": ref.key,
        "version": loaded.version,
        "content": None if loaded.content is None else orjson.Fragment(loaded.content),
    }


def _loaded_state(model: type[State], document: Document) -> LoadedState:
    if document["content"] is None:
        return LoadedState(None, document["version"], None)
    content = orjson.dumps(document["content"])
    return LoadedState(model.model_validate_json(content), document["version"], content)


def _page(page: Query[Any], refs: Iterable[StateRef[Any]]) -> Document:
    return {
        "collection": page.model.collection,
        "where": page.where,
        "limit": page.limit,
        "order": page.order,
        "after": page.after,
        "ids": [ref.key for ref in refs],
    }


def _page_of(models: Mapping[str, type[State]], document: Document) -> Query[Any]:
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


def _refs_of(models: Mapping[str, type[State]], document: Document) -> tuple[StateRef[Any], ...]:
    return tuple(StateRef(models[document["collection"]], key) for key in document["ids"])
