"""The receipt of a decision: all it stood on, what it read, how it went, what came of it.

Self-contained and canonical: one JSON document, known by the SHA-256 of its bytes. It is kept as
those bytes, beside the message and its outputs, in the one record of the message.

    message   SHA-256 of the message's body
    service   the service that decided
    rules     `program`: its version; `parameters`: digest of all its dated values
    inputs    states it was given: collection, id, version, content (null: does not exist)
    pages     pages it was given: the selection and the ids of its states, which are inputs
    read      parameter values it read: name, year asked for, dated year, value with its source
    steps     each rule's outcome, sentence and amounts
    after     states it left: collection, id, version, SHA-256 of the content
    outputs   events it gave: id, SHA-256 of the body
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import TypeAdapter

from shared.kernel.decide import DecisionInputs, DecisionResult, LoadedState
from shared.kernel.decision import Query, Service, State, StateRef
from shared.kernel.inbound import InboundMessage
from shared.kernel.ports import Receipt
from shared.kernel.rules import Step

STEPS = TypeAdapter(tuple[Step, ...])
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who decides: the service, the version of the program, the digest of its parameters."""

    service: str
    program: str
    parameters: str


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def build_receipt(
    office: Provenance, item: InboundMessage, basis: DecisionInputs, judged: DecisionResult
) -> Receipt:
    """Return the receipt of a decision."""
    document = {
        "message": item.sha256,
        "service": office.service,
        "rules": {"program": office.program, "parameters": office.parameters},
        "inputs": [_input(ref, lying) for ref, lying in basis.states.items()],
        "pages": [_page(page, refs) for page, refs in basis.pages.items()],
        "read": [
            {
                "name": read.name,
                "asked": read.year,
                "dated": read.start_year,
                "value": orjson.Fragment(read.value),
            }
            for read in judged.read
        ],
        "steps": orjson.Fragment(STEPS.dump_json(judged.decision.steps)),
        "after": [
            {
                "collection": ref.model.collection,
                "id": ref.key,
                "version": decided.version,
                "sha256": sha256(decided.content),
            }
            for ref, decided in judged.after.items()
        ],
        "outputs": [{"id": each.id, "sha256": sha256(each.body)} for each in judged.outputs],
    }
    content = orjson.dumps(document)
    return Receipt(content=content, hash=sha256(content))


def inputs_from_receipt(document: Document, service: Service) -> DecisionInputs:
    """Return what a decision stood on, from its receipt.

    Raises:
        KeyError: a collection that the service does not have (any more).
        pydantic.ValidationError: a state that does not have its form (any more).
    """
    models = {model.collection: model for model in service.states}
    states = {
        StateRef(models[each["collection"]], each["id"]): _loaded_state(
            models[each["collection"]], each
        )
        for each in document["inputs"]
    }
    pages = {_page_of(models, each): _refs_of(models, each) for each in document["pages"]}
    return DecisionInputs(states, pages)


def _input(ref: StateRef[Any], lying: LoadedState) -> Document:
    return {
        "collection": ref.model.collection,
        "id": ref.key,
        "version": lying.version,
        "content": None if lying.content is None else orjson.Fragment(lying.content),
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
