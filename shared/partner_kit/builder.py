"""Drafts of samples: the rows of the tables of the kit, before they are numbered."""

import base64
from typing import NamedTuple

from shared.partner_kit.messages import key_of, message
from shared.partner_kit.sample import (
    RUN,
    Answer,
    Capture,
    Document,
    Expected,
    Properties,
    Sample,
    queue_owner,
)


class SampleDraft(NamedTuple):
    """A sample without its number. `message_id` is used where the body has no id."""

    event: str
    name: str
    fr: str
    en: str
    body: Document | bytes
    answers: tuple[Answer, ...]
    answers_when_repeated: tuple[Answer, ...] | None = None
    captures: tuple[Capture, ...] = ()
    routing_key: str = ""
    message_id: str = ""
    reason: str | None = None


def answer(event: str, *rules: str, **data: object) -> Answer:
    """Return an expected answer: a refusal with its rules, or an event with some of its fields."""
    return Answer(event=event, rules=rules, data=dict(data))


def valid_draft(  # noqa: PLR0913 - the columns of the table
    event: str,
    name: str,
    fr: str,
    en: str,
    changes: Document,
    *answers: Answer,
    answers_when_repeated: tuple[Answer, ...] | None = None,
    captures: tuple[Capture, ...] = (),
) -> SampleDraft:
    """Return the draft of a valid message, with its expected answers."""
    body = message(event, name, changes)
    return SampleDraft(
        event,
        name,
        fr,
        en,
        body,
        answers,
        answers_when_repeated=answers_when_repeated,
        captures=captures,
    )


def invalid_draft(  # noqa: PLR0913, PLR0917 - the columns of the table
    event: str,
    name: str,
    fr: str,
    en: str,
    body: Document | bytes,
    reason: str,
    *paths: str,
    routing_key: str = "",
    message_id: str = "",
) -> SampleDraft:
    """Return the draft of an invalid message, with the error paths expected in MessageRefused."""
    refused = Answer(event="MessageRefused", errors=paths)
    return SampleDraft(
        event,
        name,
        fr,
        en,
        body,
        (refused,),
        routing_key=routing_key,
        message_id=message_id,
        reason=reason,
    )


def sample_of(number: int, draft: SampleDraft) -> Sample:
    """Return the sample of a draft, under its number."""
    refused, body = draft.reason is not None, draft.body
    document = body if isinstance(body, dict) else None
    event_id = document.get("id") if document else None
    return Sample(
        number=number,
        name=draft.name,
        event=draft.event,
        valid=not refused,
        fr=draft.fr,
        en=draft.en,
        routing_key=draft.routing_key or key_of(draft.event),
        properties=Properties(message_id=draft.message_id or event_id or f"{RUN}-{draft.name}"),
        takes=draft.captures,
        expected=Expected(
            answers=draft.answers,
            once=draft.answers_when_repeated,
            dead_letters=f"clas.{queue_owner(draft.event)}.dead-letters" if refused else None,
            reason=draft.reason,
        ),
        body=document,
        body_base64=None if isinstance(body, dict) else base64.b64encode(body).decode(),
    )
