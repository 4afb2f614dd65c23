"""Words of a legal case: each French label, the wire field that it stands for, and its notation.

    projet:
      rural: oui                 {"project": {"rural": true}}
      participation: 12,50       {"fee_per_child_year": "12.50"}

A label is read from a case and written into one with the same table.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shared.french import PARIS

Document = dict[str, Any]
NOTHING = ("aucun", "aucune", "non", None)


class CaseError(ValueError):
    """A case says something that has no meaning; the message tells where and what is possible."""


@dataclass(frozen=True, slots=True)
class Codec:
    """How a value is read from a case, and written into one."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A label and the field that it stands for, a path with dots; `optional` fields may be null."""

    label: str
    field: str
    notation: Codec
    optional: bool = False


Words = tuple[Field, ...]


def read(words: Words, given: Mapping[str, Any] | None, onto: Document, where: str) -> Document:
    """Return `onto` with what a case gives under these labels.

    Raises:
        CaseError: for a label that is none of these words, or a value that is not of its notation.
    """
    for label, value in as_mapping(given, where).items():
        word = named({each.label: each for each in words}, label, where)
        try:
            found = None if word.optional and value in NOTHING else word.notation.read(value)
        except (ValueError, TypeError, KeyError, AttributeError) as fault:
            msg = f"{where}, {label} : « {value} » n’a pas de sens ici ({fault})"
            raise CaseError(msg) from fault
        _put(onto, word.field, found)
    return onto


def write(words: Words, document: Document, sound: Document) -> Document:
    """Return under their labels the fields that differ from a sound document."""
    told = {word.label: _told(word, document) for word in words}
    return {
        word.label: "aucun" if told[word.label] is None else told[word.label]
        for word in words
        if told[word.label] != _told(word, sound)
    }


def named(known: Mapping[str, Any], label: Any, where: str) -> Any:
    """Return what a label names.

    Raises:
        CaseError: when nothing has this name; the nearest one is proposed.
    """
    if label in known:
        return known[label]
    near = difflib.get_close_matches(str(label), known, n=1)
    hint = f" ; peut-être « {near[0]} »" if near else f" ; possibles : {', '.join(known)}"
    msg = f"{where} : « {label} » n’est pas connu{hint}"
    raise CaseError(msg)


def as_mapping(given: Any, where: str) -> Mapping[str, Any]:
    """Return a mapping, empty for nothing.

    Raises:
        CaseError: when something else was given.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        msg = f"{where} : des lignes « mot : valeur » sont attendues, pas « {given} »"
        raise CaseError(msg)
    return given


def choice(**labels: Any) -> Codec:
    """Return the notation of a closed list, `label=value`; underscores are spaces in labels."""
    return choices({label.replace("_", " "): value for label, value in labels.items()})


def choices(by_label: Mapping[str, Any], other: str | None = None) -> Codec:
    """Return the notation of a list of labels; `other` is written for a value that has none."""
    by_value = {value: label for label, value in by_label.items()}
    return Codec(
        lambda label: named(by_label, label, "valeur"),
        lambda value: by_value[value] if other is None else by_value.get(value, other),
    )


def several(one: Codec) -> Codec:
    """Return the notation of a list; a single value stands for a list of one."""
    return Codec(
        lambda given: [one.read(each) for each in (given if isinstance(given, list) else [given])],
        lambda values: [one.write(each) for each in values],
    )


def _amount(given: Any) -> str:
    text = re.sub(r"\s", "", str(given)).removesuffix("€").replace(",", ".")
    if not re.fullmatch(r"-?\d+(\.\d\d)?", text):
        msg = "un montant s’écrit 2 758,25"
        raise ValueError(msg)
    return text if "." in text else f"{text}.00"


def amount_text(value: Any) -> str:
    """Return `2 758,25` for `2758.25`, with plain spaces, as a case writes it."""
    whole, _, cents = str(value).partition(".")
    grouped = f"{int(whole):,}".replace(",", " ")
    sign = "-" if whole.startswith("-") and int(whole) == 0 else ""
    return f"{sign}{grouped},{cents}"


def _day(given: Any) -> str:
    if isinstance(given, date):
        return given.isoformat()
    return datetime.strptime(str(given), "%d/%m/%Y").replace(tzinfo=PARIS).date().isoformat()


def day_text(value: str) -> str:
    """Return `20/11/2025`."""
    return f"{value[8:10]}/{value[5:7]}/{value[:4]}"


def _moment(given: Any) -> str:
    text = str(given)
    form = "%d/%m/%Y %H:%M:%S" if text.count(":") > 1 else "%d/%m/%Y %H:%M"
    return datetime.strptime(text, form).replace(tzinfo=PARIS).isoformat()


def _moment_text(value: str) -> str:
    local = datetime.fromisoformat(value).astimezone(PARIS)
    return local.strftime("%d/%m/%Y %H:%M:%S" if local.second else "%d/%m/%Y %H:%M")


def _share(given: Any) -> str:
    percent = Decimal(str(given).removesuffix("%").strip().replace(",", "."))
    return f"{(percent / 100).normalize():f}"


def _share_text(value: Any) -> str:
    return f"{(Decimal(str(value)) * 100).normalize():f} %".replace(".", ",")


def _yes(given: Any) -> bool:
    if given not in {"oui", "non"}:
        msg = "oui ou non"
        raise ValueError(msg)
    return bool(given == "oui")


def _same(value: Any) -> Any:
    return value


TEXT = Codec(str, _same)
TEXTS = several(TEXT)
COUNT = Codec(int, _same)
AMOUNT = Codec(_amount, amount_text)
DAY = Codec(_day, day_text)
MOMENT = Codec(_moment, _moment_text)
SHARE = Codec(_share, _share_text)
YES = Codec(_yes, lambda value: "oui" if value else "non")
FILLED = Codec(
    lambda given: {"renseigné": "Renseigné", "absent": ""}[given],
    lambda value: "renseigné" if value and value.strip() else "absent",
)


def _told(word: Field, document: Document) -> Any:
    value = _get(document, word.field)
    return None if value is None else word.notation.write(value)


def _get(document: Document, field: str) -> Any:
    place: Any = document
    for step in field.split("."):
        place = place[step]
    return place


def _put(document: Document, field: str, value: Any) -> None:
    *steps, last = field.split(".")
    place = document
    for step in steps:
        place = place[step]
    place[last] = value
