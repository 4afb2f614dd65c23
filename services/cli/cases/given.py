"""From what a case gives to the events that tell it to the services."""

import copy
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from services.cli.cases import dossier_fields as vocabulary
from services.cli.cases import event_fields as steps
from services.cli.cases import examples as sound
from services.cli.cases.mapping import CaseError, Document, as_mapping, named, read

Event = tuple[str, Document]
COMPLEMENTS = "compléments"
PARTS = ("dossier", "gestionnaire", "projet", "collectifs", "bonus demandés", "budget")


def events(case: Mapping[str, Any]) -> Iterator[Event]:
    """Yield the events of a case in their order: name and data.

    Raises:
        CaseError: when the case says something that has no meaning.
    """
    given = as_mapping(case.get("étant donné"), "étant donné")
    for part in given:
        named(dict.fromkeys(("campagne", "avant", *PARTS)), part, "étant donné")
    year = int(str(case["période"])[:4])
    dossier = submitted(given, sound.dossier(year), year)
    yield from _campaign(given.get("campagne"), year)
    yield from _steps(given.get("avant"), dossier, year)
    yield "DossierSubmitted", copy.deepcopy(dossier)
    yield from _steps(case.get("ensuite"), dossier, year)


def submitted(given: Mapping[str, Any], onto: Document, year: int) -> Document:
    """Return a dossier with what a case gives of it.

    Raises:
        CaseError: when a part says something that has no meaning.
    """
    dossier = copy.deepcopy(onto)
    read(vocabulary.DOSSIER, given.get("dossier"), dossier, "dossier")
    read(
        vocabulary.GESTIONNAIRE, given.get("gestionnaire"), dossier["gestionnaire"], "gestionnaire"
    )
    read(vocabulary.PROJECT, given.get("projet"), dossier["project"], "projet")
    if "collectifs" in given:
        dossier["collectifs"] = [
            read(vocabulary.COLLECTIF, each, sound.collectif(year, f"C{number}"), "collectifs")
            for number, each in enumerate(_listed(given["collectifs"], "collectifs"), 1)
        ]
    if "bonus demandés" in given:
        dossier["bonus_requests"] = [
            read(vocabulary.BONUS_REQUEST, each, _request(dossier), "bonus demandés")
            for each in _listed(given["bonus demandés"], "bonus demandés")
        ]
    if "budget" in given:
        read(steps.BUDGET, given["budget"], dossier, "budget")
    return dossier


def _request(dossier: Document) -> Document:
    names = [each["collectif_id"] for each in dossier["collectifs"]]
    return {"kind": "enfants", "collectifs": names, "description": "Renseigné"}


def _campaign(given: Any, year: int) -> Iterator[Event]:
    if given != "absente":
        yield (
            "CampaignOpened",
            read(vocabulary.CAMPAIGN, given, sound.campaign(year), "campagne"),
        )


def _steps(given: Any, dossier: Document, year: int) -> Iterator[Event]:
    """Yield what happens; complements change the dossier for those that follow."""
    counts: Counter[str] = Counter()
    for each in _listed(given, "ensuite"):
        label, words = _one(each)
        counts[label] += 1
        if label == COMPLEMENTS:
            dossier.update(_revised(words, dossier, year))
            yield "DossierSubmitted", copy.deepcopy(dossier)
        else:
            step = named(steps.BY_LABEL, label, "ensuite")
            yield (
                step.event,
                read(step.words, words, copy.deepcopy(step.nth(counts[label], dossier)), label),
            )


def _revised(given: Any, dossier: Document, year: int) -> Document:
    given = as_mapping(given, COMPLEMENTS)
    for part in given:
        named(dict.fromkeys(PARTS), part, COMPLEMENTS)
    return submitted(given, {**dossier, "revision": dossier["revision"] + 1}, year)


def _one(step: Any) -> tuple[str, Any]:
    """Return the name of a step and its words; a name alone is a sound step."""
    if isinstance(step, str):
        return step, None
    rows = list(as_mapping(step, "ensuite").items())
    if len(rows) != 1:
        msg = f"ensuite : un seul événement par tiret, pas « {step} »"
        raise CaseError(msg)
    return rows[0]


def _listed(given: Any, where: str) -> list[Any]:
    if given is None:
        return []
    if not isinstance(given, list):
        msg = f"{where} : une liste de lignes « - … » est attendue, pas « {given} »"
        raise CaseError(msg)
    return given
