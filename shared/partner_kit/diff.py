"""Comparison of received with expected answers; each difference is a sentence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from shared.contracts.registry import BY_TYPE
from shared.partner_kit.sample import Answer, Document, Expected

ABSENT: object = object()


def differences(expected: Expected, received: Sequence[Document]) -> list[str]:
    """Return the differences between expected and received answers; none when they match.

    The answers to a repeated message (`expected.once`) match as well.
    """
    faults = _compare(expected.answers, received)
    if faults and expected.once is not None and not _compare(expected.once, received):
        return []
    return faults


def missing_answers(expected: Expected, received: Sequence[Document]) -> bool:
    """Return whether an expected answer has not been received yet."""
    expected_names = Counter(each.event for each in expected.answers)
    return bool(expected_names - Counter(map(name_of, received)))


def name_of(event: Document) -> str:
    """Return the name of an event, `AdvanceGranted`."""
    spec = BY_TYPE.get(str(event.get("type")))
    return spec.name if spec else str(event.get("type"))


def expected_answers(expected: Expected) -> str:
    """Return the expected answers as a short text."""
    return _joined((one.event, [*one.rules, *one.errors]) for one in expected.answers)


def received_answers(received: Iterable[Document]) -> str:
    """Return the received answers as a short text."""
    return _joined((name_of(event), [*_rules(event), *_paths(event)]) for event in received)


def _joined(answers: Iterable[tuple[str, Sequence[str]]]) -> str:
    return ", ".join(f"{name}{_bracketed(details)}" for name, details in answers) or "nothing"


def _bracketed(names: Sequence[str]) -> str:
    return f" [{', '.join(name or 'message' for name in names)}]" if names else ""


def _compare(expected: Sequence[Answer], received: Sequence[Document]) -> list[str]:
    remaining, faults = list(received), []
    for answer in sorted(expected, key=_field_count, reverse=True):
        candidates = [each for each in remaining if name_of(each) == answer.event]
        if not candidates:
            faults.append(f"{answer.event} expected, not received")
            continue
        best = min(candidates, key=lambda candidate: len(_answer_faults(answer, candidate)))
        remaining.remove(best)
        faults += _answer_faults(answer, best)
    return [*faults, *(f"{name_of(each)} received, not expected" for each in remaining)]


def _field_count(answer: Answer) -> int:
    return len(answer.data)


def _answer_faults(answer: Answer, event: Document) -> list[str]:
    """Return the differences within one answer."""
    return [
        *_set_faults(f"{answer.event}: rules", answer.rules, _rules(event)),
        *_set_faults(f"{answer.event}: errors at", answer.errors, _paths(event)),
        *(
            f"{answer.event}: {name} = {value!r} expected, {_text_of(actual)} received"
            for name, value in answer.data.items()
            if (actual := _data(event).get(name, ABSENT)) != value
        ),
    ]


def _text_of(value: object) -> str:
    return "nothing" if value is ABSENT else repr(value)


def _set_faults(subject: str, expected: Iterable[str], actual: Iterable[str]) -> list[str]:
    expected, actual = sorted(expected), sorted(actual)
    if expected == actual:
        return []
    texts = [_bracketed(names) or " none" for names in (expected, actual)]
    return [f"{subject}{texts[0]} expected,{texts[1]} received"]


def _rules(event: Document) -> list[str]:
    data = _data(event)
    reasons = data.get("reasons") or data.get("grounds") or []
    return [str(each.get("rule")) for each in reasons]


def _paths(event: Document) -> list[str]:
    return [str(each.get("path")) for each in _data(event).get("errors") or []]


def _data(event: Document) -> dict[str, Any]:
    data = event.get("data")
    return data if isinstance(data, dict) else {}
