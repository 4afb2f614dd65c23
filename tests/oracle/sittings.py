"""What a committee decides on a dossier in random lives, and what ends an agrement again."""

from collections.abc import Callable
from random import Random

from tests.oracle.draws import Dated, day
from tests.oracle.referentiel import assess
from tests.oracle.wire import Json, school_year, year_of

STATEMENT = {"diagnosis": True, "charter": True, "collective_character": "Oui"}


def decisions(draw: Random, last: Json, on: str) -> list[Dated]:
    """None to three decisions, mostly what the assessment allows; an agrement may end again."""
    messages: list[Dated] = []
    for _ in range(draw.choices((0, 1, 2, 3), (10, 60, 20, 10))[0]):
        decided = draw.choices((day(draw, on, 0, 60), f"{last['school_year'][:4]}-06-01"), (93, 7))
        request = decision(draw, last, decided[0])
        messages.append((day(draw, on, 5, 90), "CommitteeDecided", request))
        if draw.random() < 0.15:
            messages.append((day(draw, on, 30, 120), "CommitteeDecided", request))
    if draw.random() < 0.2:
        first = year_of(last["school_year"])
        until = max(first, year_of((last["multi_year"] or {"until": last["school_year"]})["until"]))
        later = day(draw, on, 60, 200)
        about = {name: last[name] for name in ("caf", "dossier_id")}
        messages.append(ending(draw, about, first, until, later))
    return messages


def decision(draw: Random, last: Json, on: str) -> Json:
    terms: Json = {"multi_year_until": None, "symbolic_fee_ceiling": None, "priorities": []}
    assessment = assess(last, terms, rivals=False)
    fit = [name for name, (verdict, _) in assessment.collectifs.items() if verdict != "ineligible"]
    names = fit if draw.random() < 0.85 else [c["collectif_id"] for c in last["collectifs"]]
    lifted: list[tuple[str | None, str]] = [
        (None, r) for r, o in assessment.findings.items() if o == "derogation"
    ]
    lifted += [
        (n, r) for n in names for r, o in assessment.collectifs[n][1].items() if o == "derogation"
    ]
    until = last["multi_year"]["until"] if last["multi_year"] else None
    request = {
        "caf": last["caf"],
        "dossier_id": last["dossier_id"],
        "decided_on": on,
        "outcome": draw.choices(("granted", "refused", "adjourned"), (80, 8, 12))[0],
        "motive": None,
        "members_present": draw.choice((["CAF", "EN"], ["CAF", "EN"], ["CAF"])),
        "collectifs": names,
        "derogations_granted": [{"collectif_id": c, "rule": r} for c, r in lifted],
        "criteria": draw.choice((STATEMENT, STATEMENT, None)),
        "bonuses": [
            {"collectif_id": n, "kind": r["kind"]}
            for r in last["bonus_requests"]
            if r["description"].strip()
            for n in r["collectifs"]
            if n in names and draw.random() < 0.8
        ],
        "multi_year_until": draw.choice((school_year(assessment.until), None, until)),
    }
    if draw.random() < 0.3:
        request["cap_justification"] = "Aucun autre financeur"
    return slipped(draw, request)


SLIPS: tuple[tuple[float, Callable[[Json], Json]], ...] = (
    (0.03, lambda _: {"members_present": []}),
    (0.03, lambda r: {"collectifs": r["collectifs"][:1]}),
    (0.02, lambda r: {"collectifs": [*r["collectifs"], "C9"]}),
    (0.03, lambda r: {"derogations_granted": r["derogations_granted"][1:]}),
    (0.02, lambda _: {"derogations_granted": [{"collectif_id": "C1", "rule": "ELI-23"}]}),
    (0.02, lambda _: {"bonuses": [{"collectif_id": "C1", "kind": "parents"}]}),
    (0.02, lambda _: {"multi_year_until": "2018-2019"}),
    (0.02, lambda _: {"caf": "451"}),
    (0.70, lambda r: {"motive": "Hors sujet"} if r["outcome"] == "refused" else {}),
)


def slipped(draw: Random, request: Json) -> Json:
    for often, change in SLIPS:
        if draw.random() < often:
            request = {**request, **change(request)}
    return request


def ending(draw: Random, about: Json, first: int, until: int, on: str) -> Dated:
    """The withdrawal of an agrement, some with the day on which the action stopped."""
    start = draw.randint(first, until)
    stopped = {"ended_on": f"{start}-12-19"} if draw.random() < 0.4 else {}
    request = {
        **about,
        "amendment_id": f"{about['dossier_id']}-V1",
        "decided_on": on,
        "effect": "withdrawn",
        "from_school_year": school_year(start),
        **stopped,
        "collectifs": [],
        "legal_ground": "Convention, article 6",
        "motive": "Fin de l'action",
    }
    return on, "AmendmentDecided", request
