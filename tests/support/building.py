"""From JSON and some changes to valid wire data."""

import copy
import json
from typing import Any, TypeVar

from shared.contracts.base import WireModel
from shared.examples import BY_EVENT
from shared.examples.changes import Document, changed
from shared.examples.dossier import dossier

M = TypeVar("M", bound=WireModel)
DOSSIER: Document = dossier()
DATES = {"starts_on", "ends_on", "filed_on"}
DOSSIER["gestionnaire"]["name"] = "Les Amis de l'école"  # An apostrophe that ISO 8859-15 has.


def example(model: type[M], values: Document, **differences: object) -> M:
    """Build the catalogue's example of an event about the dossier, with values replaced.

    `differences`: what the example of the tests has instead of the catalogue's values.
    """
    return build(model, BY_EVENT[model.__name__](DOSSIER) | differences, values)


def build(model: type[M], document: Document, values: Document) -> M:
    """Build a model from its JSON with some fields replaced; a field may be added by its name.

    In another school year the periods of the collectifs and the day of filing move along.
    """
    absent = dict.fromkeys(model.model_fields.keys() - document.keys())
    whole = document | {name: None for name in absent if name in values}
    if "school_year" in values:
        whole = _in_year(whole, str(values["school_year"]))
    text = json.dumps(with_values(whole, values), default=str, ensure_ascii=False)
    return model.model_validate_json(text)


def _in_year(document: Document, school_year: str) -> Document:
    later = int(school_year[:4]) - int(document["school_year"][:4])
    moved = copy.deepcopy(document)
    for dated in (moved, *moved.get("collectifs", ())):
        for name in DATES & dated.keys():
            if dated[name]:
                dated[name] = f"{int(dated[name][:4]) + later}{dated[name][4:]}"
    return moved


def with_values(document: Document, values: dict[str, Any]) -> Document:
    """Replace fields by their paths, as names of arguments: `collectifs__0__children`.

    Raises:
        LookupError: a path that leads nowhere; a misspelt field would otherwise test nothing.
    """
    return changed(document, {path.replace("__", "."): value for path, value in values.items()})
