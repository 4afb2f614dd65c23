"""The types of the contract: values are parsed once, at the border, and are valid inside."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
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
    ValidationInfo,
    WithJsonSchema,
)

from shared.contracts.amounts import (
    MONEY,
    SIGNED_MONEY,
    STATED_MONEY,
    read_money,
    read_share,
    read_signed_money,
    read_stated_money,
)
from shared.contracts.beyond_schema import beyond_schema
from shared.contracts.codes import (
    ACTIVITIES,
    CHANNELS,
    COMMUNE,
    OBJECTIVES,
    check_digit_fault,
    code_fault,
    commune_fault,
    siret_fault,
)
from shared.contracts.days import DAY, INSTANT, read_day, read_instant
from shared.contracts.texts import TEXT_LENGTH_MAX, checked_name, checked_text

LIST_LENGTH_MAX = 1_000
ATTRIBUTE_MAX = 300
LETTER_OR_DIGIT = r"[^\s!-/:-\x40\[-`{-~]"
FINGERPRINT = "fingerprint"  # The context in which content is written to be compared.
INTAKE = "intake"  # The context in which the events of partners are read.


class Personal:
    """Marks a type whose values may name or describe a person; stores keep them apart.

    Marked are names and free text. Not marked are codes, ids, instants, amounts and the sentences
    of rules, and not the SIRET: it is the key by which dossiers of one gestionnaire meet, and the
    Sirene register publishes it for every organisation.
    """


PERSONAL = Personal()


def _school_year(value: str) -> str:
    if int(value[5:]) != int(value[:4]) + 1:
        message = "the two years of a school year follow each other, such as 2025-2026"
        raise beyond_schema("school_year", message)
    return value


def _whole(value: Any) -> Any:
    """Return an integer for a number such as 10.0, which JSON Schema calls one."""
    return int(value) if type(value) is float and value.is_integer() else value


def _siret(value: str, info: ValidationInfo) -> str:
    """Check a SIRET; in stores, release 0.3.0 left ones that no establishment has."""
    fault_of = siret_fault if info.context is INTAKE else check_digit_fault
    if fault := fault_of(value):
        raise beyond_schema("siret", fault)
    return value


def _at_intake(fault_of: Callable[[str], str | None]) -> Callable[[Any, ValidationInfo], Any]:
    """Return a check of what partners send, as it was sent; elsewhere texts are read as before."""

    def check(value: Any, info: ValidationInfo) -> Any:
        if info.context is INTAKE and isinstance(value, str) and (fault := fault_of(value)):
            raise ValueError(fault)
        return value

    return check


def _name(value: str, info: ValidationInfo) -> str:
    return checked_name(value) if info.context is INTAKE else value


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
    PlainValidator(read_signed_money),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": f"^{SIGNED_MONEY.pattern}$"}),
]
"""Euros, two decimals, either sign."""

Money = Annotated[
    Decimal,
    PlainValidator(read_money),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": f"^{MONEY.pattern}$"}),
]
"""Euros, two decimals, never negative."""

StatedMoney = Annotated[
    Decimal,
    PlainValidator(read_stated_money),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": f"^{STATED_MONEY.pattern}$"}),
]
"""Euros as a producer outside states them: bounded, so that what is computed fits in `Money`."""

Share = Annotated[
    Decimal,
    PlainValidator(read_share),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$"}),
]
"""A part of one, from 0 to 1, with at most six decimals."""

# A `Text` that is about nobody: a code, a version, a source, the sentence of a rule. The contract
# has one word for both.
PublicText = Annotated[
    str,
    AfterValidator(checked_text),
    WithJsonSchema({"type": "string", "maxLength": TEXT_LENGTH_MAX}),
]

Text = Annotated[PublicText, PERSONAL]
"""At most 10,000 characters, without the blanks around them; may be blank."""

Name = Annotated[
    Text,
    AfterValidator(_name),
    WithJsonSchema({"type": "string", "maxLength": TEXT_LENGTH_MAX, "pattern": LETTER_OR_DIGIT}),
]
"""One line of text with at least one letter or digit."""

Channel = Annotated[
    PublicText,
    BeforeValidator(_at_intake(partial(code_fault, codes=CHANNELS))),
    WithJsonSchema({"type": "string", "enum": list(CHANNELS)}),
]
"""How a dossier was filed."""

Activity = Annotated[
    Text,
    BeforeValidator(_at_intake(partial(code_fault, codes=ACTIVITIES))),
    WithJsonSchema({"type": "string", "enum": list(ACTIVITIES)}),
]
"""An activity of a project."""

ObjectiveId = Annotated[
    str,
    BeforeValidator(_at_intake(partial(code_fault, codes=OBJECTIVES))),
    WithJsonSchema({"type": "string", "enum": list(OBJECTIVES)}),
]
"""The id of one of the 14 objectives: E of children, P of parents, C of schools, T of the area."""

Objectives = Annotated[
    dict[ObjectiveId, Text],
    Field(max_length=100),
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"type": "string", "enum": list(OBJECTIVES)},
            "additionalProperties": {"type": "string", "maxLength": TEXT_LENGTH_MAX},
        }
    ),
]

Commune = Annotated[
    PublicText,
    BeforeValidator(_at_intake(commune_fault)),
    WithJsonSchema({"type": "string", "pattern": f"^({COMMUNE.pattern})$"}),
]
"""The INSEE code of a commune, `76540` or `2A004`."""

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$")]
"""A producer's identifier: 1 to 100 ASCII letters, digits and `._:/-`, a letter or digit first."""

Attribute = Annotated[
    str, StringConstraints(min_length=1, max_length=ATTRIBUTE_MAX, pattern=r"^[!-~]+$")
]
"""A context attribute of an event: printable ASCII without spaces, 1 to 300 characters."""

CafCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]
"""The code of a departmental fund, `761` for Seine-Maritime."""

SchoolYear = Annotated[
    str, StringConstraints(pattern=r"^20[0-9]{2}-20[0-9]{2}$"), AfterValidator(_school_year)
]
"""Two years that follow each other, `2025-2026`: from 1 September to 31 August."""

Siret = Annotated[str, StringConstraints(pattern=r"^[0-9]{14}$"), AfterValidator(_siret)]
"""The 14 digits of an establishment, valid by Luhn's formula or the exception of La Poste."""

WHOLE = BeforeValidator(_whole)
# An integer may be written `10.0`; the mark follows the bounds, which JSON Schema takes from them.

Exercise = Annotated[int, Field(ge=2000, le=2099), WHOLE]
"""A civil year; also the year in which a school year starts."""

Count = Annotated[int, Field(ge=0, le=1_000_000), WHOLE]
"""A number of things."""

Day = Annotated[
    date,
    BeforeValidator(read_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{DAY.pattern}$"}),
]
"""A date of 1900 to 2099, `2025-07-10`."""

Instant = Annotated[
    AwareDatetime,
    BeforeValidator(read_instant),
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

Awaited = Literal["campaign", "interim_report"]
"""What a held dossier waits for."""
