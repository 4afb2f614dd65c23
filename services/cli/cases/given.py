"""From the given parts of a case to the events that the services receive."""

import copy
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from services.cli.cases import dossier_fields, event_fields, examples
from services.cli.cases.mapping import CaseError, Document, as_mapping, as_written, lookup, read

Event = tuple[str, Document]
COMPLEMENTS = "compléments"
PARTS = ("dossier", "gestionnaire", "projet", "collectifs", "bonus demandés", "budget")


def events(case: Mapping[str, Any]) -> Iterator[Event]:
    """Yield the events of a case in their order: name and data.

    Raises:
        CaseError: when a part of the case has no meaning.
    """
    parts = as_mapping(case.get("étant donné"), "étant donné")
    for part in parts:
        lookup(dict.fromkeys(("campagne", "avant", *PARTS)), part, "étant donné")
    year = int(str(case["période"])[:4])
    dossier = submitted_dossier(parts, examples.dossier(year), year)
    yield from _campaign(parts.get("campagne"), year)
    yield from _follow_ups(parts.get("avant"), dossier, year)
    yield "DossierSubmitted", copy.deepcopy(dossier)
    yield from _follow_ups(case.get("ensuite"), dossier, year)


def submitted_dossier(parts: Mapping[str, Any], default: Document, year: int) -> Document:
    """Return a dossier with the parts that a case gives, the rest as in `default`.

    Raises:
        CaseError: when a part has no meaning.
    """
    dossier = copy.deepcopy(default)
    read(dossier_fields.DOSSIER, parts.get("dossier"), dossier, "dossier")
    read(
        dossier_fields.GESTIONNAIRE,
        parts.get("gestionnaire"),
        dossier["gestionnaire"],
        "gestionnaire",
    )
    read(dossier_fields.PROJECT, parts.get("projet"), dossier["project"], "projet")
    if "collectifs" in parts:
        dossier["collectifs"] = [
            read(
                dossier_fields.COLLECTIF,
                value,
                examples.collectif(year, f"C{number}"),
                "collectifs",
            )
            for number, value in enumerate(_as_list(parts["collectifs"], "collectifs"), 1)
        ]
    if "bonus demandés" in parts:
        dossier["bonus_requests"] = [
            read(dossier_fields.BONUS_REQUEST, value, _request(dossier), "bonus demandés")
            for value in _as_list(parts["bonus demandés"], "bonus demandés")
        ]
    if "budget" in parts:
        read(event_fields.BUDGET, parts["budget"], dossier, "budget")
    return dossier


def _request(dossier: Document) -> Document:
    collectif_ids = [each["collectif_id"] for each in dossier["collectifs"]]
    return {"kind": "enfants", "collectifs": collectif_ids, "description": examples.FREE_TEXT}


def _campaign(value: Any, year: int) -> Iterator[Event]:
    if value != "absente":
        yield (
            "CampaignOpened",
            read(dossier_fields.CAMPAIGN, value, examples.campaign(year), "campagne"),
        )


def _follow_ups(values: Any, dossier: Document, year: int) -> Iterator[Event]:
    """Yield the events that follow; complements change the dossier for the later ones."""
    counts: Counter[str] = Counter()
    for value in _as_list(values, "ensuite"):
        label, fields = _name_and_fields(value)
        counts[label] += 1
        if label == COMPLEMENTS:
            dossier.update(_complemented(fields, dossier, year))
            yield "DossierSubmitted", copy.deepcopy(dossier)
        else:
            follow_up = lookup(event_fields.BY_LABEL, label, "ensuite")
            yield (
                follow_up.event,
                read(
                    follow_up.fields,
                    fields,
                    copy.deepcopy(follow_up.default_for(counts[label], dossier)),
                    label,
                ),
            )


def _complemented(parts: Any, dossier: Document, year: int) -> Document:
    parts = as_mapping(parts, COMPLEMENTS)
    for part in parts:
        lookup(dict.fromkeys(PARTS), part, COMPLEMENTS)
    return submitted_dossier(parts, {**dossier, "revision": dossier["revision"] + 1}, year)


def _name_and_fields(value: Any) -> tuple[str, Any]:
    """Return the label of an event and its fields; a label alone has the default fields."""
    if isinstance(value, str):
        return value, None
    rows = list(as_mapping(value, "ensuite").items())
    if len(rows) != 1:
        msg = f"ensuite : un seul événement par tiret, pas « {as_written(value)} »"
        raise CaseError(msg)
    return rows[0]


def _as_list(value: Any, where: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        msg = f"{where} : une liste de lignes « - … » est attendue, pas « {as_written(value)} »"
        raise CaseError(msg)
    return value
