"""How a dossier, its project or a collectif may go wrong, and how often."""

from collections.abc import Callable
from random import Random

from tests.oracle.wire import Json, year_of

Change = tuple[float, Callable[[Random, Json], Json]]
"""How often, and the fields that it replaces."""


def changed(draw: Random, value: Json, changes: tuple[Change, ...]) -> Json:
    for often, change in changes:
        if draw.random() < often:
            value = {**value, **change(draw, value)}
    return value


def without(name: str) -> Callable[[Random, Json], Json]:
    return lambda _, __: {name: False}


def blanked(field: str) -> Callable[[Random, Json], Json]:
    """One of the texts of a field becomes blank."""
    return lambda draw, it: {field: {**it[field], draw.choice(sorted(it[field])): " "}}


OF_DOSSIER: tuple[Change, ...] = (
    (0.04, lambda draw, _: {"channel": draw.choice(("courrier", "autre"))}),
    (0.02, lambda _, it: {"form": {**it["form"], "id": "local"}}),
    (0.03, lambda _, it: {"form": {**it["form"], "version": "0"}}),
)
OF_PROJECT: tuple[Change, ...] = (
    (0.06, blanked("descriptions")),
    (0.10, blanked("objectives")),
    (
        0.02,
        lambda _, it: {"objectives": {k: v for k, v in it["objectives"].items() if k != "AXE-C2"}},
    ),
    (
        0.03,
        lambda draw, it: {"charter": {**it["charter"], draw.choice(sorted(it["charter"])): False}},
    ),
    (0.02, lambda *_: {"activities": ["methodologie", "aide_aux_devoirs"]}),
    (0.02, lambda *_: {"activities": ["culturelle", "sportive"]}),
    (0.02, lambda *_: {"activities": ["methodologie", "citoyenne"]}),
    (0.02, without("need_identified_with_schools")),
    (0.02, without("parents_agreement")),
    (0.02, lambda *_: {"diagnosis": " "}),
    (0.02, lambda *_: {"schools": []}),
    (0.02, lambda *_: {"partners": []}),
    (0.02, lambda *_: {"coordinator": None}),
    (
        0.06,
        lambda draw, it: (
            {
                "coordinator": {
                    **it["coordinator"],
                    "diploma_level": draw.choice((4, 5)),
                    "equivalent_experience": draw.random() < 0.5,
                    "professional_experience": draw.random() < 0.5,
                }
            }
            if it["coordinator"]
            else {}
        ),
    ),
)


def other_period(draw: Random, it: Json) -> Json:
    """A period and weeks around what they may be."""
    start = year_of(it["starts_on"])
    starts = draw.choice(
        (
            *(
                f"{start}-{d}"
                for d in ("08-31", "09-01", "10-20", "11-02", "11-03", "11-08", "11-30")
            ),
            f"{start + 6}-11-03",
        )
    )
    last = ("05-04", "05-05", "06-15", "06-16", "07-10", "08-31", "09-01")
    ends = draw.choice((*(f"{start + 1}-{d}" for d in last), f"{start}-12-05", f"{start}-09-01"))
    return {"starts_on": starts, "ends_on": ends, "weeks": draw.choice((26, 27, 28, 32, 33, 60))}


def to_the_week(draw: Random, it: Json) -> Json:
    """As many weeks as the period holds, or one more: 9 November to 15 June are 32 weeks."""
    start = year_of(it["starts_on"])
    ends = draw.choice(("06-13", "06-14", "06-15", "06-20"))
    return {
        "starts_on": f"{start}-11-09",
        "ends_on": f"{start + 1}-{ends}",
        "weeks": draw.choice((31, 32, 33)),
    }


def one_session(draw: Random, _it: Json) -> Json:
    return {
        "sessions_per_week": draw.choice((0, 1, 1, 1)),
        "minutes_per_session": draw.choice((90, 119, 120, 120, 120)),
    }


def at_home(draw: Random, _it: Json) -> Json:
    return {
        "place_type": draw.choice(("domicile", "domicile", "associatif")),
        "home_share": draw.choice(("0.00", "0.30", "0.50", "0.51", "1.00")),
        "collective_events_per_month": draw.choice((0, 1)),
    }


OF_COLLECTIF: tuple[Change, ...] = (
    (0.10, other_period),
    (0.08, to_the_week),
    (0.15, one_session),
    (0.10, at_home),
    (0.12, lambda draw, _: {"children": draw.choice((4, 5, 7, 13))}),
    (0.08, lambda draw, _: {"intervenants": draw.choice((0, 1))}),
    (0.03, lambda draw, _: {"place_type": draw.choice(("scolaire", "autre"))}),
    (0.03, lambda draw, it: {"grades": [*it["grades"], draw.choice(("GS", "CE1", "5e"))]}),
    (0.02, without("whole_year")),
    (0.02, without("single_place")),
    (0.02, without("accessible_to_parents")),
    (0.02, without("outside_school_time")),
    (
        0.05,
        lambda draw, _: {"forecast_cost": draw.choice(("1200.00", "1199.99", "25000.00", "0.00"))},
    ),
)
