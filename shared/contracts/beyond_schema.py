"""The checks of values that the published JSON Schemas do not make, each under its own name.

docs/contract.md lists them, and a test compares schemas and decoder: no other error may differ.
"""

from collections.abc import Mapping

from pydantic_core import PydanticCustomError

BEYOND_SCHEMA: Mapping[str, str] = {
    "no_such_day": "A day or instant must be one of the calendar: there is no 30 February.",
    "school_year": "The two years of a school year follow each other.",
    "siret": "A SIRET has a valid check digit, and neither SIREN nor NIC is all zeros.",
    "text": (
        "A text holds no control character other than tab and line break, none that turns the"
        " direction of writing, and at most 30 combining marks on one letter."
    ),
    "name": "A name stands on one line and has at least one letter or digit.",
    "repeated": (
        "No `collectif_id` occurs twice in one list, and no bonus twice for one collectif."
    ),
}
"""What a check requires, by the type of its error."""
TRIMMED = (
    "The length of a text counts after trimming and composition (NFC): a schema may refuse a text"
    " that is too long before, and that CLAS accepts."
)


def beyond_schema(check: str, message: str, below: str = "") -> PydanticCustomError:
    """Return the error of a check that JSON Schema cannot make.

    `below` is the dotted path of the value concerned, from the object that is checked.
    """
    assert check in BEYOND_SCHEMA
    return PydanticCustomError(check, "{message}", {"message": message, "below": below})
