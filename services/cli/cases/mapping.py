"""Fields of a legal case: each French label, the path of its wire field, and its codec.

    projet:
      rural: oui                 {"project": {"rural": true}}
      participation: 12,50       {"fee_per_child_year": "12.50"}

The same table reads a label from a case and writes it into one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.cli.cases.examples import FREE_TEXT
from shared.contracts.nearest import similar
from shared.examples.changes import set_at, value_at
from shared.french import PARIS, in_paris

Document = dict[str, Any]
NOTHING = ("aucun", "aucune", "non", None)


class CaseError(ValueError):
    """A part of a case has no meaning; the message (in French) names it and the possible ones."""


@dataclass(frozen=True, slots=True)
class Codec:
    """How a value is read from a case, and written into one."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A label, the dotted path of its field, and how its value is written.

    `optional` fields may be null.
    """

    label: str
    path: str
    codec: Codec
    optional: bool = False


Fields = tuple[Field, ...]


def read(
    fields: Fields, values: Mapping[str, Any] | None, document: Document, where: str
) -> Document:
    """Write the values of a case into a document, by their labels; return the document.

    Raises:
        CaseError: for an unknown label, or a value that its codec does not read.
    """
    for label, value in as_mapping(values, where).items():
        field = lookup({each.label: each for each in fields}, label, where)
        try:
            parsed = None if field.optional and value in NOTHING else field.codec.read(value)
        except CaseError as fault:
            msg = f"{where}, {label} : « {as_written(value)} » n’a pas de sens ici ({fault})"
            raise CaseError(msg) from fault
        except (ValueError, TypeError, KeyError, AttributeError) as fault:
            msg = f"{where}, {label} : « {as_written(value)} » n’a pas de sens ici"
            raise CaseError(msg) from fault
        set_at(document, field.path, parsed)
    return document


def write(fields: Fields, document: Document, default: Document) -> Document:
    """Return the fields that differ from a default document, by label."""
    texts = {field.label: _text_of(field, document) for field in fields}
    return {
        field.label: "aucun" if texts[field.label] is None else texts[field.label]
        for field in fields
        if texts[field.label] != _text_of(field, default)
    }


def lookup(values: Mapping[str, Any], label: Any, where: str) -> Any:
    """Return the value of a label.

    Raises:
        CaseError: for an unknown label; the nearest one is proposed.
    """
    if label in values:
        return values[label]
    near = similar(str(label), values)
    hint = f" ; peut-être « {near} »" if near else f" ; possibles : {', '.join(values)}"
    msg = f"{where} : « {label} » n’est pas connu{hint}"
    raise CaseError(msg)


def as_mapping(value: Any, where: str) -> Mapping[str, Any]:
    """Return a mapping, empty for nothing.

    Raises:
        CaseError: when it is something else.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        msg = f"{where} : des lignes « mot : valeur » sont attendues, pas « {as_written(value)} »"
        raise CaseError(msg)
    return value


def as_written(value: Any) -> str:
    """Return a value as a case file writes it: `rien` for nothing, `C1; C2` for a list."""
    if value is None:
        return "rien"
    if isinstance(value, list):
        return "; ".join(map(as_written, value))
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {as_written(item)}" for key, item in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)


def choice(**labels: Any) -> Codec:
    """Return the codec of a closed list, `label=value`; underscores are spaces in labels."""
    return choices({label.replace("_", " "): value for label, value in labels.items()})


def choices(by_label: Mapping[str, Any], other: str | None = None) -> Codec:
    """Return the codec of a list of labels; `other` is written for a value that has none."""
    by_value = {value: label for label, value in by_label.items()}
    return Codec(
        lambda label: lookup(by_label, label, "valeur"),
        lambda value: by_value[value] if other is None else by_value.get(value, other),
    )


def coded(labels: Mapping[Any, str]) -> Codec:
    """Return the codec of a code of the contract, written as its label."""
    return choices({label: code for code, label in labels.items()})


def several(codec: Codec) -> Codec:
    """Return the codec of a list; a single value is a list of one."""
    return Codec(
        lambda value: [
            codec.read(item) for item in (value if isinstance(value, list) else [value])
        ],
        lambda values: [codec.write(item) for item in values],
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        msg = "un texte est attendu ; entre guillemets s’il ressemble à un nombre"
        raise CaseError(msg)
    return value


def _count(value: Any) -> int:
    if not re.fullmatch("-?[0-9]+", str(value)):
        msg = "un nombre entier s’écrit 12"
        raise CaseError(msg)
    return int(value)


def _amount(value: Any) -> str:
    text = re.sub(r"\s", "", str(value)).removesuffix("€").replace(",", ".")
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]{2})?", text):
        msg = "un montant s’écrit 2 758,25"
        raise CaseError(msg)
    return text if "." in text else f"{text}.00"


def amount_text(value: Any) -> str:
    """Return `2 758,25` for `2758.25`, with plain spaces, as a case writes it."""
    whole, _, cents = str(value).partition(".")
    grouped = f"{int(whole):,}".replace(",", " ")
    sign = "-" if whole.startswith("-") and int(whole) == 0 else ""
    return f"{sign}{grouped},{cents}"


def _day(value: Any) -> str:
    text = str(value)
    form = "%Y-%m-%d" if "-" in text else "%d/%m/%Y"
    return datetime.strptime(text, form).replace(tzinfo=PARIS).date().isoformat()


def day_text(value: str) -> str:
    """Return `20/11/2025`."""
    return f"{value[8:10]}/{value[5:7]}/{value[:4]}"


def _moment(value: Any) -> str:
    text = str(value)
    form = "%d/%m/%Y %H:%M:%S" if text.count(":") > 1 else "%d/%m/%Y %H:%M"
    return datetime.strptime(text, form).replace(tzinfo=PARIS).isoformat()


def _moment_text(value: str) -> str:
    local = in_paris(datetime.fromisoformat(value))
    return local.strftime("%d/%m/%Y %H:%M:%S" if local.second else "%d/%m/%Y %H:%M")


def _share(value: Any) -> str:
    text = str(value).removesuffix("%").strip().replace(",", ".")
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        msg = "une part s’écrit 50 %"
        raise CaseError(msg)
    return f"{(Decimal(text) / 100).normalize():f}"


def _share_text(value: Any) -> str:
    return f"{(Decimal(str(value)) * 100).normalize():f} %".replace(".", ",")


def _yes(value: Any) -> bool:
    if value not in {"oui", "non"}:
        msg = "oui ou non"
        raise CaseError(msg)
    return bool(value == "oui")


def _same(value: Any) -> Any:
    return value


TEXT = Codec(_text, _same)
TEXTS = several(TEXT)
COUNT = Codec(_count, _same)
AMOUNT = Codec(_amount, amount_text)
DAY = Codec(_day, day_text)
MOMENT = Codec(_moment, _moment_text)
SHARE = Codec(_share, _share_text)
YES = Codec(_yes, lambda value: "oui" if value else "non")
FILLED = Codec(
    lambda text: {"renseigné": FREE_TEXT, "absent": ""}[text],
    lambda value: "renseigné" if value and value.strip() else "absent",
)


def _text_of(field: Field, document: Document) -> Any:
    """Return a field as a case writes it, None where an optional field is absent."""
    try:
        value = value_at(document, field.path)
    except KeyError:
        if not field.optional:
            raise
        return None
    return None if value is None else field.codec.write(value)
