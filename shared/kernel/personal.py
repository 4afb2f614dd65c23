"""Personal fields of a state: taken out of its document when it is stored, put back when read.

A field is personal when its type is marked so (`shared.contracts.types.Personal`). A list or a
mapping of personal values is taken whole.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared.contracts.types import Personal

Document = dict[str, Any]
Values = dict[str, Any]
"""Personal values by the dotted path of their field; below a list, one for each of its members."""
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
    """Put personal values back into their document, and return it.

    Raises:
        LookupError, TypeError: a place does not exist.
        ValueError: a place is not null, or a list has another length: the document was changed.
    """
    for path, value in values.items():
        _put(document, path.split("."), value)
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
            copy[name] = _members_without(value, inner, f"{path}.", values)
        else:
            copy[name] = _without(value, inner, f"{path}.", values)
    return copy


def _members_without(
    members: list[Document], fields: PersonalFields, prefix: str, values: Values
) -> list[Document]:
    """Return copies of the members of a list; their values are one list for each field."""
    copies = [member.copy() for member in members]
    for name, inner in fields.items():
        if inner is None:
            values[prefix + name] = [member[name] for member in members]
            for copy in copies:
                copy[name] = None
            continue
        parts: list[Values] = [{} for _ in copies]
        for copy, part in zip(copies, parts, strict=True):
            copy.update(_without({name: copy[name]}, {name: inner}, prefix, part))
        for path in dict.fromkeys(chain.from_iterable(parts)):
            values[path] = [part.get(path) for part in parts]
    return copies


def _put(inside: Any, steps: list[str], value: Any) -> None:
    if value is None:
        return
    for rank, step in enumerate(steps[:-1], 1):
        inside = inside[step]
        if type(inside) is list:
            for member, own in zip(inside, value, strict=True):
                _put(member, steps[rank:], own)
            return
    if inside[steps[-1]] is not None:
        msg = f"{steps} is not null"
        raise ValueError(msg)
    inside[steps[-1]] = value


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
