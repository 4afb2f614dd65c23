"""Candidate changes of a collectif that does not meet the referentiel."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.eligibility.domain.sessions import weeks_of_period
from shared.contracts.elan import Collectif
from shared.contracts.submission import DossierReceived
from shared.counterfactual.search import Change
from shared.french import long_date
from shared.kernel.calendar import first_day, is_overseas, last_day, start_year

Parameters = Mapping[str, Any]
"""The parameter values that the decision read, by name."""
FieldChanges = tuple[str, dict[str, Any]]
"""A sentence without the name of the collectif, and the new values of its fields."""


def candidate_changes_of_collectif(
    rule: str, dossier: DossierReceived, index: int, parameters: Parameters
) -> Iterator[Change]:
    """Yield changes of the collectif at a position that satisfy a rule which it violates."""
    collectif = dossier.collectifs[index]
    candidates = CANDIDATE_CHANGES.get(rule)
    for sentence, fields in candidates(collectif, dossier, parameters) if candidates else ():
        edits = tuple((("collectifs", index, name), value) for name, value in fields.items())
        yield Change(f"collectif {collectif.collectif_id} : {sentence}", edits)


def _grades(
    c: Collectif, _dossier: DossierReceived, parameters: Parameters
) -> Iterator[FieldChanges]:
    allowed = parameters["public"]["grades"]
    grades = tuple(grade for grade in c.grades if grade in allowed)
    others = ", ".join(grade for grade in c.grades if grade not in allowed)
    yield f"ne plus accueillir les classes {others}", {"grades": grades}


def _size(c: Collectif, dossier: DossierReceived, parameters: Parameters) -> Iterator[FieldChanges]:
    size = parameters["size"]
    lowered = dossier.project.rural or c.disabled_child_with_reinforced_attention
    minimum = size["lowered_minimum"] if lowered else size["minimum"]
    target = minimum if c.children < minimum else size["maximum"]
    yield f"réunir {target} enfants au lieu de {c.children}", {"children": target}


def _whole_year(
    c: Collectif, dossier: DossierReceived, parameters: Parameters
) -> Iterator[FieldChanges]:
    """Meet all year; bring a period that leaves the school year, or is reversed, into it.

    A day that moves becomes that of the recommended season [CAL-03].
    """
    if not c.whole_year:
        yield "fonctionner toute l’année scolaire", {"whole_year": True}
    first, last = _season(dossier, parameters)
    starts_on = c.starts_on if c.starts_on >= first_day(dossier.school_year) else first
    ends_on = c.ends_on if c.ends_on <= last_day(dossier.school_year) else last
    if starts_on >= ends_on:
        starts_on, ends_on = first, last
    if (starts_on, ends_on) != (c.starts_on, c.ends_on):
        sentence = f"fonctionner du {long_date(starts_on)} au {long_date(ends_on)}"
        yield sentence, {"starts_on": starts_on, "ends_on": ends_on}


def _season(dossier: DossierReceived, parameters: Parameters) -> tuple[date, date]:
    """Return the recommended season, the school year where its holidays are not known [CAL-03]."""
    autumn_end = parameters.get("autumn_holidays")
    if autumn_end is None or any(map(is_overseas, dossier.project.communes)):
        return first_day(dossier.school_year), last_day(dossier.school_year)
    end = parameters["sessions"]["season_end"]
    last = date(start_year(dossier.school_year) + 1, end["month"], end["day"])
    return date.fromisoformat(autumn_end) + timedelta(days=1), last


def _place(
    _c: Collectif, _dossier: DossierReceived, _parameters: Parameters
) -> Iterator[FieldChanges]:
    fields = {"single_place": True, "accessible_to_parents": True}
    yield "se réunir dans un même lieu, accessible aux parents", fields


def _outside(
    _c: Collectif, _dossier: DossierReceived, _parameters: Parameters
) -> Iterator[FieldChanges]:
    yield "tenir toutes les séances hors du temps scolaire", {"outside_school_time": True}


def _rhythm(
    c: Collectif, _dossier: DossierReceived, parameters: Parameters
) -> Iterator[FieldChanges]:
    """Raise weeks, sessions or minutes to the minimum, one change for each; or lower the weeks."""
    norm = parameters["sessions"]
    minimums = {
        "weeks": ("fonctionner {} semaines au lieu de {}", norm["weeks"]),
        "sessions_per_week": ("tenir {} séances par semaine au lieu de {}", norm["sessions"]),
        "minutes_per_session": ("tenir des séances de {} minutes au lieu de {}", norm["minutes"]),
    }
    for field, (sentence, minimum) in minimums.items():
        if (actual := getattr(c, field)) < minimum:
            yield sentence.format(minimum, actual), {field: minimum}
    if c.weeks > (most := weeks_of_period(c)) >= norm["weeks"]:
        yield f"déclarer {most} semaines au plus au lieu de {c.weeks}", {"weeks": most}


def _staff(
    c: Collectif, dossier: DossierReceived, parameters: Parameters
) -> Iterator[FieldChanges]:
    staff = parameters["staff"]
    small = dossier.project.rural and c.children < staff["small_collectif"]
    minimum = staff["lowered_intervenants"] if small else staff["intervenants"]
    yield f"avoir {minimum} intervenants au lieu de {c.intervenants}", {"intervenants": minimum}


def _not_only_home(
    _c: Collectif, _dossier: DossierReceived, parameters: Parameters
) -> Iterator[FieldChanges]:
    share = Decimal(parameters["places"]["home_share_max"])
    sentence = f"ramener à {share * 100:.0f} % au plus la part à domicile"
    yield sentence, {"home_share": share}


def _together(
    _c: Collectif, _dossier: DossierReceived, parameters: Parameters
) -> Iterator[FieldChanges]:
    events = parameters["places"]["events_per_month"]
    sentence = f"organiser au moins {events} temps collectif par mois"
    yield sentence, {"collective_events_per_month": events}


CANDIDATE_CHANGES: dict[
    str, Callable[[Collectif, DossierReceived, Parameters], Iterator[FieldChanges]]
] = {
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
