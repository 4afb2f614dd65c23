"""The types of the contract: values are parsed once, at the border, and are valid inside."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    StringConstraints,
    WithJsonSchema,
)
from stdnum.fr import siret as siret_number

TEXT_LENGTH_MAX = 10_000
LIST_LENGTH_MAX = 1_000
ATTRIBUTE_MAX = 300
STATED_MONEY = re.compile(r"[0-9]{1,13}\.[0-9]{2}")
MONEY = re.compile(r"[0-9]{1,18}\.[0-9]{2}")  # Room for the sums of what is stated.
SIGNED_MONEY = re.compile(rf"-?{MONEY.pattern}")
SHARE = re.compile(r"[01]\.[0-9]{1,6}|[01]")
DAY = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(
    r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
CENT = Decimal("0.01")
FINGERPRINT = "fingerprint"  # The context in which content is written to be compared.
MARKS_MAX = 30  # The bound of Unicode's stream-safe text.
MARKS_PERHAPS = re.compile(f"[^\x00-\u02ff]{{{MARKS_MAX + 1}}}")


class Personal:
    """Marks a type whose values may name or describe a person; stores keep them apart.

    Marked are names and free text. Not marked are codes, ids, instants, amounts and the sentences
    of rules, and not the SIRET: it is the key by which dossiers of one gestionnaire meet, and the
    Sirene register publishes it for every organisation.
    """


PERSONAL = Personal()


def _signed_money(value: Any) -> Decimal:
    if isinstance(value, str) and SIGNED_MONEY.fullmatch(value):
        return Decimal(value) + 0  # "-0.00" is zero: a sign must not survive in the exports.
    if (
        isinstance(value, Decimal)
        and value.is_finite()
        and value == (euros := value.quantize(CENT))
    ):
        return euros + 0
    msg = 'expected euros as a string with two decimals, such as "2758.25"'
    raise ValueError(msg)


def _money(value: Any) -> Decimal:
    if isinstance(value, str) and MONEY.fullmatch(value):
        return Decimal(value)
    if isinstance(value, Decimal) and (euros := _signed_money(value)) >= 0:
        return euros
    msg = 'expected euros, not negative, as a string with two decimals, such as "2758.25"'
    raise ValueError(msg)


def _stated_money(value: Any) -> Decimal:
    if isinstance(value, str) and not STATED_MONEY.fullmatch(value):
        msg = (
            "expected euros, not negative and at most 13 digits before the point, as a string with"
            ' two decimals, such as "2758.25"'
        )
        raise ValueError(msg)
    return _money(value)


def _share(value: Any) -> Decimal:
    if isinstance(value, str) and SHARE.fullmatch(value) and (share := Decimal(value)) <= 1:
        return _plain(share)
    if isinstance(value, Decimal) and 0 <= value <= 1:
        return _plain(value)
    msg = 'expected a share between 0 and 1 as a decimal string, such as "0.25"'
    raise ValueError(msg)


def _plain(share: Decimal) -> Decimal:
    """Return a share in its canonical notation: two decimals, more only when significant."""
    return share.quantize(CENT) if share == share.quantize(CENT) else share.normalize()


def _text(value: str) -> str:
    """Trim and compose (NFC); reject control and bidirectional characters: they forge labels."""
    text = (value if value.isascii() else _composed(value)).strip()
    if len(text) > TEXT_LENGTH_MAX:
        msg = f"{len(text)} characters, at most {TEXT_LENGTH_MAX} are allowed"
        raise ValueError(msg)
    if not text.isprintable() and (bad := next(filter(_is_control, dict.fromkeys(text)), None)):
        msg = f"control character U+{ord(bad):04X} is not allowed"
        raise ValueError(msg)
    return text


def _composed(value: str) -> str:
    """Return the NFC form. Many marks on one letter are rejected: sorting them is too slow."""
    if MARKS_PERHAPS.search(value) and any(map(_is_stack, groupby(value, _is_mark))):
        msg = f"more than {MARKS_MAX} combining marks on one letter"
        raise ValueError(msg)
    return unicodedata.normalize("NFC", value)


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) > 0


def _is_stack(run: tuple[bool, Iterable[str]]) -> bool:
    marks, characters = run
    return marks and len(list(characters)) > MARKS_MAX


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf"} and character not in "\n\r\t"


def _school_year(value: str) -> str:
    if int(value[5:]) != int(value[:4]) + 1:
        msg = "the two years of a school year follow each other, such as 2025-2026"
        raise ValueError(msg)
    return value


def _siret(value: str) -> str:
    if not _is_siret(value):
        msg = "not a SIRET: the check digit is wrong"
        raise ValueError(msg)
    return value


@lru_cache(maxsize=10_000)  # One gestionnaire comes back in every event about it.
def _is_siret(value: str) -> bool:
    return siret_number.is_valid(value) and value != "0" * 14


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not DAY.fullmatch(value):
        msg = "expected a date between 1900 and 2099 as YYYY-MM-DD"
        raise ValueError(msg)
    return date.fromisoformat(value)


def _instant(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not INSTANT.fullmatch(value):
        msg = "expected an RFC 3339 instant with its offset, such as 2025-07-10T09:30:00+02:00"
        raise ValueError(msg)
    return datetime.fromisoformat(value.upper())


def _instant_text(value: datetime, info: SerializationInfo) -> str:
    """Write an instant with the offset that was sent, or in UTC for a content hash."""
    instant = value.astimezone(UTC) if info.context is FINGERPRINT else value
    return instant.isoformat().replace("+00:00", "Z")


_AS_TEXT = PlainSerializer(str, when_used="json")


def is_unset(value: object) -> bool:
    """Return whether an optional field of a request is left out where it is written.

    So a field that a later release adds changes no content hash of what came before.
    """
    return not value


SignedMoney = Annotated[
    Decimal,
    PlainValidator(_signed_money),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": f"^{SIGNED_MONEY.pattern}$"}),
]
"""Euros, two decimals, either sign."""

Money = Annotated[
    Decimal,
    PlainValidator(_money),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": f"^{MONEY.pattern}$"}),
]
"""Euros, two decimals, never negative."""

StatedMoney = Annotated[
    Decimal,
    PlainValidator(_stated_money),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": f"^{STATED_MONEY.pattern}$"}),
]
"""Euros as a producer outside states them: bounded, so that what is computed fits in `Money`."""

Share = Annotated[
    Decimal,
    PlainValidator(_share),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$"}),
]
"""A part of one, from 0 to 1."""

# A `Text` that is about nobody: a code, a version, a source, the sentence of a rule. The contract
# has one word for both.
PublicText = Annotated[
    str,
    AfterValidator(_text),
    WithJsonSchema({"type": "string", "maxLength": TEXT_LENGTH_MAX}),
]

Text = Annotated[PublicText, PERSONAL]
"""Trimmed NFC text of at most 10,000 characters; may be blank."""

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$")]
"""An identifier given by a producer: ASCII, 1 to 100 characters, without separators of ours."""

Attribute = Annotated[
    str, StringConstraints(min_length=1, max_length=ATTRIBUTE_MAX, pattern=r"^[!-~]+$")
]
"""A context attribute of an event: printable ASCII without spaces, 1 to 300 characters."""

CafCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]
"""The code of a departmental fund, `761` for Seine-Maritime."""

SchoolYear = Annotated[
    str, StringConstraints(pattern=r"^20[0-9]{2}-20[0-9]{2}$"), AfterValidator(_school_year)
]
"""Two years that follow each other, `2025-2026`: from September to June."""

Siret = Annotated[str, StringConstraints(pattern=r"^[0-9]{14}$"), AfterValidator(_siret)]
"""The 14 digits of a French establishment; its check digit is verified."""

Exercise = Annotated[int, Field(ge=2000, le=2099)]
"""A civil year; also the year in which a school year starts."""

Count = Annotated[int, Field(ge=0, le=1_000_000)]
"""A number of things."""

Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{DAY.pattern}$"}),
]
"""A date of 1900 to 2099, `2025-07-10`."""

Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_instant),
    PlainSerializer(_instant_text, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": f"^{INSTANT.pattern}$"}),
]
"""An RFC 3339 instant with its offset, `2025-07-10T09:30:00+02:00`."""

Rule = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}-[A-Z0-9]{1,5}[a-z]?$")]
"""The id of a rule, `REC-07`; a reason names the rule it comes from."""

GestionnaireKind = Literal[
    "association", "commune", "epci", "ccas", "centre_social", "entreprise", "caf"
]
"""What sort of body runs a project."""

SchoolLevel = Literal["elementaire", "college", "lycee"]
"""The one level of a project."""

Grade = Literal[
    "CP", "CE1", "CE2", "CM1", "CM2", "6e", "5e", "4e", "3e", "2nde", "1re", "Tle", "PS", "MS", "GS"
]
"""A class of the French school, nursery classes last."""

PlaceType = Literal["associatif", "communal", "scolaire", "domicile", "autre"]
"""Where a collectif meets."""

BonusKind = Literal["enfants", "parents"]
"""The two bonuses."""
