"""What could be done about a collectif that does not meet the referentiel."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from services.cli.explain.change import Change
from shared.contracts.elan import Collectif
from shared.contracts.submission import DossierReceived

Values = Mapping[str, Any]
Fields = dict[str, Any]
Repair = tuple[str, Fields]
"""A sentence without the collectif's name, and the fields that change."""


def of_collectif(
    rule: str, dossier: DossierReceived, place: int, values: Values
) -> Iterator[Change]:
    """Yield the changes of the collectif at a place that answer a rule which it breaks."""
    collectif = dossier.collectifs[place]
    for sentence, fields in REPAIRS.get(rule, _none)(collectif, dossier, values):
        edits = tuple((("collectifs", place, name), value) for name, value in fields.items())
        yield Change(f"collectif {collectif.collectif_id} : {sentence}", edits)


def _none(_c: Collectif, _dossier: DossierReceived, _values: Values) -> Iterator[Repair]:
    return iter(())


def _grades(c: Collectif, _dossier: DossierReceived, values: Values) -> Iterator[Repair]:
    allowed = values["public"]["grades"]
    kept = tuple(grade for grade in c.grades if grade in allowed)
    gone = ", ".join(grade for grade in c.grades if grade not in allowed)
    yield f"ne plus accueillir les classes {gone}", {"grades": kept}


def _size(c: Collectif, dossier: DossierReceived, values: Values) -> Iterator[Repair]:
    size = values["size"]
    lowered = dossier.project.rural or c.disabled_child_with_reinforced_attention
    least = size["lowered_minimum"] if lowered else size["minimum"]
    target = least if c.children < least else size["maximum"]
    yield f"réunir {target} enfants au lieu de {c.children}", {"children": target}


def _whole_year(_c: Collectif, _dossier: DossierReceived, _values: Values) -> Iterator[Repair]:
    yield "fonctionner toute l’année scolaire", {"whole_year": True}


def _place(_c: Collectif, _dossier: DossierReceived, _values: Values) -> Iterator[Repair]:
    fields = {"single_place": True, "accessible_to_parents": True}
    yield "se réunir dans un même lieu, accessible aux parents", fields


def _outside(_c: Collectif, _dossier: DossierReceived, _values: Values) -> Iterator[Repair]:
    yield "tenir toutes les séances hors du temps scolaire", {"outside_school_time": True}


def _rhythm(c: Collectif, _dossier: DossierReceived, values: Values) -> Iterator[Repair]:
    """More weeks, longer sessions, or more of them: each alone, the least that is asked for."""
    norm = values["sessions"]
    least = {
        "weeks": ("fonctionner {} semaines au lieu de {}", norm["weeks"]),
        "sessions_per_week": ("tenir {} séances par semaine au lieu de {}", norm["sessions"]),
        "minutes_per_session": ("tenir des séances de {} minutes au lieu de {}", norm["minutes"]),
    }
    for field, (sentence, wanted) in least.items():
        if (now := getattr(c, field)) < wanted:
            yield sentence.format(wanted, now), {field: wanted}


def _staff(c: Collectif, dossier: DossierReceived, values: Values) -> Iterator[Repair]:
    staff = values["staff"]
    small = dossier.project.rural and c.children < staff["small_collectif"]
    least = staff["lowered_intervenants"] if small else staff["intervenants"]
    yield f"avoir {least} intervenants au lieu de {c.intervenants}", {"intervenants": least}


def _not_only_home(_c: Collectif, _dossier: DossierReceived, values: Values) -> Iterator[Repair]:
    share = Decimal(values["places"]["home_share_max"])
    told = f"ramener à {share * 100:.0f} % au plus la part à domicile"
    yield told, {"home_share": share}


def _together(_c: Collectif, _dossier: DossierReceived, values: Values) -> Iterator[Repair]:
    events = values["places"]["events_per_month"]
    told = f"organiser au moins {events} temps collectif par mois"
    yield told, {"collective_events_per_month": events}


REPAIRS: dict[str, Callable[[Collectif, DossierReceived, Values], Iterator[Repair]]] = {
    "ELI-06": _grades,
    "ELI-07": _outside,
    "ELI-22": _whole_year,
    "ELI-23": _size,
    "ELI-23L": _place,
    "ELI-26": _not_only_home,
    "ELI-27": _rhythm,
    "ELI-28": _together,
    "ENC-01": _staff,
}
