"""Personal fields of a state: taken out of its document when it is stored, put back when read.

A field is personal when its type is marked so (`shared.contracts.types.Personal`). A list or a
mapping of personal values is taken whole.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared.contracts.types import Personal

Document = dict[str, Any]
Values = dict[str, Any]
"""Personal values by their dotted path, such as `collectifs.0.name`."""
PersonalFields = Mapping[str, Any]
"""The fields of a model that are personal (None) or have personal fields themselves (these)."""
NO_FIELDS: PersonalFields = {}


@cache
def personal_fields(model: type[BaseModel]) -> PersonalFields:
    """Return the personal fields of a model, by their names in a document."""
    fields = (
        (field.serialization_alias or name, _marked(field))
        for name, field in model.model_fields.items()
    )
    return {name: inner for name, inner in fields if inner != NO_FIELDS}


def split(document: Document, fields: PersonalFields) -> tuple[Document, Values]:
    """Return a copy of a document with null in place of personal values, and these values."""
    values: Values = {}
    return (_without(document, fields, "", values) if fields else document), values


def join(document: Document, values: Values) -> Document:
    """Put personal values back into their document, and return it."""
    for path, value in values.items():
        *steps, last = path.split(".")
        inside: Any = document
        for step in steps:
            inside = inside[int(step) if type(inside) is list else step]
        inside[last] = value
    return document


def _without(document: Document, fields: PersonalFields, prefix: str, values: Values) -> Document:
    copy = document.copy()
    for name, inner in fields.items():
        value = copy.get(name)
        if value is None:
            continue
        path = prefix + name
        if inner is None:
            values[path], copy[name] = value, None
        elif type(value) is list:
            copy[name] = [
                _without(each, inner, f"{path}.{rank}.", values) for rank, each in enumerate(value)
            ]
        else:
            copy[name] = _without(value, inner, f"{path}.", values)
    return copy


def _marked(field: FieldInfo) -> PersonalFields | None:
    return None if _is_personal(field.metadata) else _fields_of(field.annotation)


def _fields_of(annotation: Any) -> PersonalFields | None:
    """Return the personal fields below an annotation; None when it is personal itself."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return None if _is_personal(annotation.__metadata__) else _fields_of(arguments[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return personal_fields(annotation)
    below = [_fields_of(each) for each in arguments]
    if None in below or (origin is dict and any(below)):
        return None
    return {name: inner for fields in below if fields for name, inner in fields.items()}


def _is_personal(metadata: Iterable[Any]) -> bool:
    return any(isinstance(each, Personal) for each in metadata)
