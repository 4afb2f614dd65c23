"""What a schema no longer accepts, or no longer has, against that of an earlier release."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
CLOSED = ("minimum", "minLength", "minItems"), ("maximum", "maxLength", "maxItems")
PLACES_MAX = 12


def narrowed(old: Schema, new: Schema) -> set[str]:
    """Return the places where the new schema of an event is narrower: `data.collectifs.[]: enum`.

    Descriptions and examples do not count.
    """
    return set(_narrowed(old, new, (old, new), ""))


def _narrowed(old: Schema, new: Schema, roots: tuple[Schema, Schema], path: str) -> Iterator[str]:
    old, new = _resolved(old, roots[0]), _resolved(new, roots[1])
    if "anyOf" in old or "anyOf" in new:
        yield from _alternatives(old, new, roots, path)
        return
    yield from (f"{path}: {fault}" for fault in _own_faults(old, new))
    for name in set(new.get("required", ())) - set(old.get("required", ())):
        yield f"{path}.{name}: required".lstrip(".")
    for name, child in old.get("properties", {}).items():
        place = f"{path}.{name}".lstrip(".")
        if name not in new.get("properties", {}):
            yield f"{place}: removed"
        elif place.count(".") < PLACES_MAX and isinstance(child, dict):
            yield from _narrowed(child, new["properties"][name], roots, place)
    if "items" in old:
        yield from _narrowed(old["items"], new.get("items", {}), roots, f"{path}.[]")


def _alternatives(
    old: Schema, new: Schema, roots: tuple[Schema, Schema], path: str
) -> Iterator[str]:
    """Yield what no alternative of the new schema accepts of one of the old."""
    choices = [_resolved(choice, roots[1]) for choice in new.get("anyOf", [new])]
    for choice in old.get("anyOf", [old]):
        faults = [list(_narrowed(choice, other, roots, path)) for other in choices]
        yield from min(faults, key=len)


def _own_faults(old: Schema, new: Schema) -> Iterator[str]:
    if "type" in old and new.get("type") != old["type"]:
        yield "type"
    values, former = _values(new), _values(old)
    if values is not None and (former is None or not former <= values):
        yield "enum"
    if "pattern" in new and new["pattern"] != old.get("pattern"):
        yield "pattern"
    if "propertyNames" in new:
        yield "names"
    least, most = CLOSED
    if any(new.get(bound, 0) > old.get(bound, 0) for bound in least):
        yield "least"
    if any(bound in new and new[bound] < old.get(bound, new[bound] + 1) for bound in most):
        yield "most"


def _values(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {str(schema["const"])}
    return set(map(str, schema["enum"])) if "enum" in schema else None


def _resolved(schema: Schema, root: Schema) -> Schema:
    reference = schema.get("$ref")
    resolved: Schema = root["$defs"][reference.rpartition("/")[2]] if reference else schema
    return resolved
