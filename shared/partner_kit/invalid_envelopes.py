"""Messages with an invalid envelope, body or transport: CloudEvents, JSON, AMQP."""

import json

from shared.contracts.registry import TYPE_PREFIX
from shared.partner_kit.builder import SampleDraft, invalid_draft
from shared.partner_kit.messages import message
from shared.partner_kit.sample import CAF, RUN, Document

EVENT = "ConventionSigned"
_KEY = f"{EVENT}.v1"


def _encoded(document: Document) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _envelope(name: str, **attributes: object) -> Document:
    """Return a valid message with some attributes replaced; None removes one."""
    document = message(EVENT, name, {}) | attributes
    return {key: value for key, value in document.items() if value is not None}


def _attribute(name: str, fr: str, en: str, path: str, value: object) -> SampleDraft:
    body = _envelope(name, **{path: value})
    return invalid_draft(EVENT, name, fr, en, body, "invalid", path)


ATTRIBUTES = (
    _attribute("id-absent", "L’attribut `id` manque.", "The `id` is missing.", "id", None),
    _attribute(
        "id-avec-espace",
        "Un `id` ne contient pas d’espace.",
        "An `id` holds no space.",
        "id",
        f"{RUN} 1",
    ),
    _attribute(
        "source-absente", "L’attribut `source` manque.", "The `source` is missing.", "source", None
    ),
    _attribute(
        "specversion-0-3",
        "Une version de CloudEvents qui n’est pas 1.0.",
        "A version of CloudEvents other than 1.0.",
        "specversion",
        "0.3",
    ),
    _attribute(
        "specversion-nombre",
        "`specversion` est un texte, pas un nombre.",
        "`specversion` is text, not a number.",
        "specversion",
        1.0,
    ),
    _attribute(
        "time-sans-decalage",
        "`time` porte son décalage horaire.",
        "`time` carries its offset.",
        "time",
        "2025-11-05T10:00:00",
    ),
    _attribute(
        "datacontenttype-xml",
        "`datacontenttype` est toujours `application/json`.",
        "`datacontenttype` is always `application/json`.",
        "datacontenttype",
        "application/xml",
    ),
    _attribute("data-absente", "L’attribut `data` manque.", "The `data` is missing.", "data", None),
    _attribute(
        "data-base64",
        "Les données sont du JSON, jamais du base64.",
        "The data is JSON, never base64.",
        "data_base64",
        "e30=",
    ),
    invalid_draft(
        EVENT,
        "type-mal-ecrit",
        "Un type que le contrat ne connaît pas.",
        "A type that the contract does not know.",
        _envelope("type-mal-ecrit", type=f"{TYPE_PREFIX}ConventionSigne.v1"),
        "unknown_type",
        "type",
    ),
    invalid_draft(
        EVENT,
        "type-v2",
        "Une version d’événement qui n’existe pas.",
        "A version of an event that does not exist.",
        _envelope("type-v2", type=f"{TYPE_PREFIX}ConventionSigned.v2"),
        "unknown_type",
        "type",
    ),
    invalid_draft(
        EVENT,
        "type-absent",
        "L’attribut `type` manque.",
        "The `type` is missing.",
        _envelope("type-absent", type=None),
        "unknown_type",
        "type",
    ),
)

TRANSPORT = (
    invalid_draft(
        EVENT,
        "cle-d-une-autre-caf",
        "La clé de routage nomme une autre Caf que le corps.",
        "The routing key names another Caf than the body.",
        _envelope("cle-d-une-autre-caf"),
        "disagrees",
        "",
        routing_key=f"{_KEY}.national",
    ),
    invalid_draft(
        "EnvelopeAllotted",
        "cle-d-un-autre-evenement",
        "La clé de routage nomme un autre événement que le corps.",
        "The routing key names another event than the body.",
        _envelope("cle-d-un-autre-evenement"),
        "disagrees",
        "",
        routing_key=f"EnvelopeAllotted.v1.{CAF}",
    ),
    invalid_draft(
        EVENT,
        "message-id-different",
        "Le `message_id` d’AMQP n’est pas l’`id` du corps.",
        "The AMQP `message_id` is not the `id` of the body.",
        _envelope("message-id-different"),
        "disagrees",
        "id",
        message_id=f"{RUN}-un-autre-id",
    ),
    invalid_draft(
        EVENT,
        "id-deja-pris",
        "La même source et le même `id` que la convention signée, avec un autre contenu.",
        "The same source and `id` as the signed convention, with other content.",
        message(EVENT, "convention-signee", {"signed_on": "2025-11-06"}),
        "id_reuse",
        "id",
    ),
)


def _bytes(name: str, fr: str, en: str, body: bytes, reason: str, *paths: str) -> SampleDraft:
    return invalid_draft(EVENT, name, fr, en, body, reason, *(paths or ("",)))


def _valid_body(name: str) -> bytes:
    return _encoded(_envelope(name))


def _with_members(name: str, members: bytes) -> bytes:
    """Return a valid body with more members at its end."""
    return _valid_body(name).removesuffix(b"}") + b", " + members + b"}"


BYTES = (
    _bytes(
        "json-coupe",
        "Un corps coupé au milieu n’est pas du JSON.",
        "A body cut in the middle is no JSON.",
        _valid_body("json-coupe")[:200],
        "not_json",
    ),
    _bytes(
        "json-virgule-finale",
        "Une virgule finale n’est pas du JSON.",
        "A trailing comma is no JSON.",
        _valid_body("json-virgule-finale")[:-1] + b",}",
        "not_json",
    ),
    _bytes(
        "json-nan",
        "`NaN` n’est pas du JSON.",
        "`NaN` is no JSON.",
        _with_members("json-nan", b'"x": NaN'),
        "not_json",
    ),
    _bytes(
        "encodage-latin-1",
        "Le corps est en UTF-8 : un « é » en Latin-1 ne se lit pas.",
        "The body is UTF-8: a Latin-1 letter cannot be read.",
        _with_members("encodage-latin-1", '"x": "é"'.encode("latin-1")),
        "not_json",
    ),
    _bytes(
        "encodage-bom",
        "Le corps ne commence pas par une marque d’ordre des octets.",
        "The body does not begin with a byte order mark.",
        b"\xef\xbb\xbf" + _valid_body("encodage-bom"),
        "not_json",
    ),
    _bytes(
        "json-deux-evenements",
        "Un message, un événement : jamais deux documents.",
        "One message, one event: never two documents.",
        _valid_body("json-deux-evenements") * 2,
        "not_json",
    ),
    _bytes(
        "json-tableau",
        "Le corps est un objet, pas un tableau.",
        "The body is an object, not an array.",
        b"[" + _valid_body("json-tableau") + b"]",
        "not_an_object",
    ),
    _bytes(
        "json-cle-double",
        "Une clé figure deux fois dans un même objet.",
        "A key stands twice in one object.",
        _with_members("json-cle-double", b'"id": "un-autre"'),
        "duplicate_key",
        "id",
    ),
    _bytes(
        "json-trop-profond",
        "Plus de 32 niveaux d’imbrication.",
        "More than 32 levels of nesting.",
        _with_members("json-trop-profond", b'"x": ' + b"[" * 40 + b"]" * 40),
        "too_deep",
    ),
)

INVALID_ENVELOPES: tuple[SampleDraft, ...] = (*ATTRIBUTES, *TRANSPORT, *BYTES)
