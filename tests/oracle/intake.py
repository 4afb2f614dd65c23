"""What submission should answer: is a dossier receivable, must it wait, may it come again."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.oracle.past import Answers, Fact, Past
from tests.oracle.wire import Json, content, school_year, year_of

PARIS = ZoneInfo("Europe/Paris")
FATES = ("DossierHeld", "DossierReceived", "DossierRejected", "ComplementsRequested")
CLOSED = ("TEC-01", "TEC-02")
GRADES = {
    "elementaire": {"CP", "CE1", "CE2", "CM1", "CM2"},
    "college": {"6e", "5e", "4e", "3e"},
    "lycee": {"2nde", "1re", "Tle"},
}
NURSERY = {"PS", "MS", "GS"}
DESCRIPTIONS = {
    "REC-14": "children",
    "REC-15": "parents",
    "REC-16": "schools",
    "REC-17": "local_resources",
}


# What is there


def fates(past: Past, dossier: str) -> list[Fact]:
    """What became of the revisions that were judged, in order."""
    return [
        fact
        for fact in past.facts
        if fact.name in FATES
        and fact.right[0] == dossier
        and not set(fact.data.get("rules", ())) & set(CLOSED)
    ]


def revisions(past: Past, dossier: str) -> dict[int, Json]:
    """The revisions that were judged; one refused with TEC-01 or TEC-02 is not among them."""
    judged = {}
    for fact in fates(past, dossier):
        name, data, _ = past.messages[fact.place]
        if name == "DossierSubmitted" and data["dossier_id"] == dossier:
            judged[data["revision"]] = data
    return judged


def withdrawn(past: Past, dossier: str) -> bool:
    return past.only("DossierWithdrawn", (dossier, 0)) is not None


def campaign(past: Past, dossier: Json) -> Json | None:
    """The campaign that counts: the last one by time, then by id."""
    sent = [
        ((attributes["time"], attributes["id"]), data)
        for name, data, attributes in past.messages
        if name == "CampaignOpened"
        and (data["caf"], data["school_year"]) == (dossier["caf"], dossier["school_year"])
    ]
    return max(sent, key=lambda one: one[0])[1] if sent else None


def agrements(past: Past) -> Iterator[tuple[Json, int, int]]:
    """The agrements handled so far, with their first and last start year; none left: no years."""
    for fact in past.facts:
        if fact.name in {"AgrementGranted", "AgrementRegistered"}:
            it = fact.data["agrement"]
            until = it["until"]
            for change in past.answers("AgrementAmended", (*fact.right[:1], 0)):
                until = change.data["until"]
            yield it, it["first"], it["first"] - 1 if until is None else until


def covering(past: Past, caf: str, siret: str, start: int) -> Iterator[Json]:
    """The agrements of a gestionnaire that cover a school year."""
    for it, first, until in agrements(past):
        if (it["caf"], it["siret"]) == (caf, siret) and first <= start <= until:
            yield it


def reported(past: Past, caf: str, siret: str, start: int) -> bool:
    reports = past.requests("InterimReportReceived", caf=caf, siret=siret)
    return any(year_of(report["school_year"]) == start for report in reports)


# Judging one revision


def judge(past: Past, dossier: Json) -> Answers:
    """Grounds of rejection, else the campaign, else complements, else the report, else received."""
    right, terms = (dossier["dossier_id"], 0), campaign(past, dossier)
    about = {"revision": dossier["revision"]}
    if grounds := sorted(rejection(past, dossier, terms)):
        yield "DossierRejected", right, about | {"rules": grounds}
    elif terms is None:
        yield "DossierHeld", right, about | {"waits_for": "campaign"}
    elif missing := sorted(complements(dossier)):
        yield "ComplementsRequested", right, about | {"rules": missing}
    else:
        day = deposited_on(past, dossier, terms)
        if waits_for_report(past, dossier):
            yield "DossierHeld", right, about | {"waits_for": "interim_report", "day": day}
        else:
            yield "DossierReceived", right, about | received(day, terms)


def judge_again(past: Past, dossier: Json, day: str) -> Answers:
    """A report came: an agrement may cover the project by now; the rest is judged already."""
    right, terms = (dossier["dossier_id"], 0), campaign(past, dossier)
    assert terms is not None
    about = {"revision": dossier["revision"]}
    if covered(past, dossier):
        yield "DossierRejected", right, about | {"rules": ["REC-11"]}
    else:
        yield "DossierReceived", right, about | received(day, terms)


def received(day: str | None, terms: Json) -> Json:
    names = ("multi_year_until", "symbolic_fee_ceiling", "priorities", "committee")
    return {"deposited_on": day, "campaign": {name: terms[name] for name in names}}


def rejection(past: Past, dossier: Json, terms: Json | None) -> Iterator[str]:
    form = dossier["form"]
    if dossier["channel"] != "ELAN":
        yield "REC-02"
    if form["id"] != "clas-national" or (terms and form["version"] != terms["form_version"]):
        yield "REC-04"
    if dossier["signed_at"] is None:
        yield "REC-08"
    elif terms and deposited_on(past, dossier, terms) is None:
        yield "REC-07"
    if covered(past, dossier):
        yield "REC-11"


def paris_day(instant: str) -> str:
    return str(datetime.fromisoformat(instant).astimezone(PARIS).date())


def deposited_on(past: Past, dossier: Json, terms: Json) -> str | None:
    """The first signature in the window, of this revision or an earlier one not rejected."""
    rejected = {
        f.data["revision"] for f in fates(past, dossier["dossier_id"]) if f.name == FATES[2]
    }
    signed = [dossier["signed_at"]] + [
        earlier["signed_at"]
        for revision, earlier in revisions(past, dossier["dossier_id"]).items()
        if revision < dossier["revision"] and revision not in rejected
    ]
    days = [paris_day(instant) for instant in signed if instant]
    return min((d for d in days if terms["opens_on"] <= d <= terms["closes_on"]), default=None)


def covered(past: Past, dossier: Json) -> bool:
    """Whether an agrement already covers this project [REC-11, D-REC-11b]."""
    start, siret = year_of(dossier["school_year"]), dossier["gestionnaire"]["siret"]
    project, apart = dossier["project"], {d["dossier_id"] for d in dossier.get("distinct_from", ())}
    return any(
        it["dossier_id"] == dossier["renews"]
        or (
            it["first"] < start
            and it["level"] == project["school_level"]
            and set(it["communes"]) & set(project["communes"])
        )
        for it in covering(past, dossier["caf"], siret, start)
        if it["dossier_id"] not in apart
    )


def complements(dossier: Json) -> Iterator[str]:
    project = dossier["project"]
    for rule, name in DESCRIPTIONS.items():
        if not project["descriptions"][name].strip():
            yield rule
    grades = {grade for c in dossier["collectifs"] for grade in c["grades"]} - NURSERY
    if grades - GRADES[project["school_level"]]:
        yield "REC-19"


def waits_for_report(past: Past, dossier: Json) -> bool:
    """A gestionnaire of last year has reported on it, whatever the dossier declares [REC-09]."""
    caf, siret = dossier["caf"], dossier["gestionnaire"]["siret"]
    before = year_of(dossier["school_year"]) - 1
    ran = dossier["previous_clas"] or any(covering(past, caf, siret, before))
    return bool(ran) and not reported(past, caf, siret, before)


# One function per request


def campaign_opened(past: Past, request: Json) -> Answers:
    counts = campaign(past, request)
    assert counts is not None
    yield (
        "CampaignRegistered",
        ("", year_of(request["school_year"])),
        {"superseded": counts is not request, "closes_on": counts["closes_on"]},
    )
    yield from freed(past, "campaign", request["caf"], request["school_year"])


def report_received(past: Past, request: Json) -> Answers:
    yield "InterimReportRegistered", ("", year_of(request["school_year"])), {}
    later = school_year(year_of(request["school_year"]) + 1)
    yield from freed(past, "interim_report", request["caf"], later, request["siret"])


def freed(past: Past, cause: str, caf: str, year: str, siret: str | None = None) -> Answers:
    """Judge the dossiers that waited for this; those that waited for a campaign, whole."""
    names = sorted({f.right[0] for f in past.answers("DossierHeld", waits_for=cause)})
    for name in names:
        last = fates(past, name)[-1]
        dossier = revisions(past, name)[last.data["revision"]]
        own = (dossier["caf"], dossier["school_year"]) == (caf, year)
        if (
            own
            and siret in (None, dossier["gestionnaire"]["siret"])
            and (last.name, last.data.get("waits_for")) == ("DossierHeld", cause)
            and not withdrawn(past, name)
        ):
            day = last.data.get("day")
            yield from judge_again(past, dossier, day) if day else judge(past, dossier)


def submitted(past: Past, request: Json) -> Answers:
    judged = revisions(past, request["dossier_id"])
    before = judged.get(request["revision"])
    if before is not None and content(before) == content(request):
        return
    if rules := closed(past, request, judged):
        about = {"revision": request["revision"], "rules": rules}
        yield "DossierRejected", (request["dossier_id"], 0), about
        return
    yield from judge(past, request)


def closed(past: Past, request: Json, judged: dict[int, Json]) -> list[str]:
    """Why a revision is not even judged."""
    if not judged:
        return []
    name, latest = request["dossier_id"], judged[max(judged)]
    signed = [r["signed_at"] for r in judged.values() if r["signed_at"]]
    now = request["signed_at"]
    last = max(map(datetime.fromisoformat, signed), default=None)
    antedated = bool(now and last and datetime.fromisoformat(now) < last)
    old = request["revision"] in judged or request["revision"] < max(judged)
    ended = withdrawn(past, name) or fates(past, name)[-1].name == "DossierReceived"
    rules = {"TEC-01": old or moved(latest, request) or antedated, "TEC-02": ended and not old}
    return [rule for rule, applies in rules.items() if applies]


def moved(before: Json, now: Json) -> bool:
    """Whether Caf, school year or SIRET changed."""
    return bool(
        (before["caf"], before["school_year"], before["gestionnaire"]["siret"])
        != (now["caf"], now["school_year"], now["gestionnaire"]["siret"])
    )


def withdrawal_requested(past: Past, request: Json) -> Answers:
    name = request["dossier_id"]
    right, history = (name, 0), fates(past, name)
    if withdrawn(past, name):
        return
    decided = past.answers("AgrementGranted", right) + past.answers("AgrementRefused", right)
    rules = (
        ["RET-01"]
        if not history
        else ["RET-02"]
        if history[-1].name == "DossierRejected" and not past.answers("DossierReceived", right)
        else ["RET-03"]
        if decided
        else []
    )
    if rules:
        yield "WithdrawalRefused", right, {"rules": rules}
    else:
        yield "DossierWithdrawn", right, {}
