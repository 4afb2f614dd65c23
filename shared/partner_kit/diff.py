"""What was answered against what is owed: every difference in a French sentence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from shared.contracts.registry import BY_TYPE
from shared.partner_kit.sample import Answer, Document, Expected

MISSING: object = object()


def differences(expected: Expected, received: Sequence[Document]) -> list[str]:
    """Return what differs between the answers that are owed and those received; none is right.

    Where the kit was played before, the other list of answers is as right.
    """
    told = _against(expected.answers, received)
    if told and expected.once is not None and not _against(expected.once, received):
        return []
    return told


def missing_answers(expected: Expected, received: Sequence[Document]) -> bool:
    """Tell whether an answer that is owed may still come."""
    owed = Counter(each.event for each in expected.answers)
    return bool(owed - Counter(map(name_of, received)))


def name_of(event: Document) -> str:
    """Return the name of an event, `AdvanceGranted`."""
    spec = BY_TYPE.get(str(event.get("type")))
    return spec.name if spec else str(event.get("type"))


def expected_answers(expected: Expected) -> str:
    """Return the answers that are owed in a few words."""
    return _list(f"{each.event}{_within([*each.rules, *each.errors])}" for each in expected.answers)


def told(received: Iterable[Document]) -> str:
    """Return the answers received in the same words."""
    return _list(f"{name_of(each)}{_within([*_rules(each), *_paths(each)])}" for each in received)


def _list(answers: Iterable[str]) -> str:
    return ", ".join(answers) or "rien"


def _within(names: Sequence[str]) -> str:
    return f" [{', '.join(name or 'message' for name in names)}]" if names else ""


def _against(owed: Sequence[Answer], received: Sequence[Document]) -> list[str]:
    rest, faults = list(received), []
    for answer in sorted(owed, key=_specific, reverse=True):
        candidates = [each for each in rest if name_of(each) == answer.event]
        if not candidates:
            faults.append(f"{answer.event} attendu, pas reçu")
            continue
        best = min(candidates, key=lambda each: len(_faults(answer, each)))
        rest.remove(best)
        faults += _faults(answer, best)
    return [*faults, *(f"{name_of(each)} reçu, pas attendu" for each in rest)]


def _specific(answer: Answer) -> int:
    return len(answer.data)


def _faults(answer: Answer, event: Document) -> list[str]:
    """Return what differs within one answer."""
    return [
        *_other(f"{answer.event} : règles", answer.rules, _rules(event)),
        *_other(f"{answer.event} : erreurs à", answer.errors, _paths(event)),
        *(
            f"{answer.event} : {name} = {wanted!r} attendu, {_said(found)} reçu"
            for name, wanted in answer.data.items()
            if (found := _data(event).get(name, MISSING)) != wanted
        ),
    ]


def _said(found: object) -> str:
    return "rien" if found is MISSING else repr(found)


def _other(what: str, wanted: Iterable[str], found: Iterable[str]) -> list[str]:
    wanted, found = sorted(wanted), sorted(found)
    if wanted == found:
        return []
    return [f"{what}{_within(wanted) or ' aucune'} attendues,{_within(found) or ' aucune'} reçues"]


def _rules(event: Document) -> list[str]:
    data = _data(event)
    reasons = data.get("reasons") or data.get("grounds") or []
    return [str(each.get("rule")) for each in reasons]


def _paths(event: Document) -> list[str]:
    return [str(each.get("path")) for each in _data(event).get("errors") or []]


def _data(event: Document) -> dict[str, Any]:
    data = event.get("data")
    return data if isinstance(data, dict) else {}
