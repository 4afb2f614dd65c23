"""What eligibility should answer: assessments, decisions of the committee, what corrects them."""

from collections.abc import Iterator

from tests.oracle import intake
from tests.oracle.past import Answers, Fact, Past
from tests.oracle.referentiel import assess, by_der_04
from tests.oracle.wire import Json, cents, content, year_of

SCHOOL = {"EN", "Education nationale", "Éducation nationale"}
"""How the Éducation nationale is named among those present."""

DECIDED = ("AgrementGranted", "AgrementRefused")


def received(past: Past, dossier: Json, campaign: Json) -> Answers:
    """The assessment of a dossier that was just received."""
    assessment = assess(dossier, campaign, rivals(past, dossier))
    yield (
        "EligibilityAssessed",
        (dossier["dossier_id"], 0),
        {
            "verdict": assessment.verdict,
            "findings": assessment.findings,
            "until": assessment.until,
            "collectifs": {
                c["collectif_id"]: (
                    *assessment.collectifs[c["collectif_id"]],
                    c["children"],
                    cents(c["forecast_cost"]),
                    bonuses_asked(dossier, c["collectif_id"]),
                )
                for c in dossier["collectifs"]
            },
            "budget": content(dossier["budget"]),
            "siret": dossier["gestionnaire"]["siret"],
        },
    )


def bonuses_asked(dossier: Json, collectif: str) -> tuple[str, ...]:
    """The bonuses asked for a collectif, each with its own project."""
    requests = [r for r in dossier["bonus_requests"] if r["description"].strip()]
    return tuple(sorted({r["kind"] for r in requests if collectif in r["collectifs"]}))


def rivals(past: Past, dossier: Json) -> bool:
    """Whether another dossier of this gestionnaire has this level and commune this year."""
    names = {f.right[0] for f in past.answers("DossierReceived")} - {dossier["dossier_id"]}
    for name in names:
        if intake.withdrawn(past, name):
            continue
        other = current(past, name)
        same = [
            (d["gestionnaire"]["siret"], d["school_year"], d["project"]["school_level"])
            for d in (dossier, other)
        ]
        communes = set(dossier["project"]["communes"]) & set(other["project"]["communes"])
        if same[0] == same[1] and communes:
            return True
    return False


def current(past: Past, name: str) -> Json:
    """The revision of a dossier that was received last."""
    last = past.answers("DossierReceived", (name, 0))[-1]
    return intake.revisions(past, name)[last.data["revision"]]


def reopened(past: Past, name: str) -> bool:
    """Whether complements were ordered and the next revision is not assessed yet."""
    fates = intake.fates(past, name)
    return bool(fates) and fates[-1].name != "DossierReceived"


def decision(past: Past, name: str) -> Fact | None:
    return next((f for n in DECIDED for f in past.answers(n, (name, 0))), None)


# The committee


def committee_decided(past: Past, request: Json) -> Answers:
    name = request["dossier_id"]
    right, done = (name, 0), decision(past, name)
    if done is not None and past.repeats(done):
        return
    if rules := first_rules(past, request, done) or sorted(faults(past, request)):
        yield "CommitteeDecisionRejected", right, {"rules": rules}
    elif request["outcome"] == "adjourned":
        yield "CommitteeAdjourned", right, {}
    elif request["outcome"] == "refused":
        yield "AgrementRefused", right, {"motive": request["motive"]}
    else:
        yield "AgrementGranted", right, granted(past, request)


def first_rules(past: Past, request: Json, done: Fact | None) -> list[str]:
    """What ends the check."""
    name = request["dossier_id"]
    assessed = past.answers("EligibilityAssessed", (name, 0))
    if assessed and current(past, name)["caf"] != request["caf"]:
        return ["TEC-03"]
    if assessed and intake.withdrawn(past, name):
        return ["RET-04"]
    if done is not None:
        return ["COM-10"]
    if not assessed or reopened(past, name):
        return ["COM-09"]
    return []


def faults(past: Past, request: Json) -> Iterator[str]:
    name = request["dossier_id"]
    dossier = current(past, name)
    deposited = past.answers("DossierReceived", (name, 0))[-1].data["deposited_on"]
    if request["decided_on"] < deposited:
        yield "CAL-05"
    if not request["members_present"]:
        yield "COM-01"
    if request["outcome"] == "refused" and not (request["motive"] or "").strip():
        yield "COM-07"
    if request["outcome"] == "granted":
        yield from grant_faults(past, request, dossier)


def last_assessment(past: Past, name: str) -> Fact:
    return past.answers("EligibilityAssessed", (name, 0))[-1]


def grant_faults(past: Past, request: Json, dossier: Json) -> Iterator[str]:
    assessment, wanted = last_assessment(past, dossier["dossier_id"]).data, request["collectifs"]
    judged = assessment["collectifs"]
    ineligible = [n for n in wanted if n not in judged or judged[n][0] == "ineligible"]
    if assessment["verdict"] == "ineligible" or not wanted or ineligible:
        yield "COM-04"
    derogations = {(d["collectif_id"], d["rule"]) for d in request["derogations_granted"]}
    if derogations != set(needed(assessment, wanted)):
        yield "DER-06"
    if any(
        b["collectif_id"] not in wanted
        or b["collectif_id"] not in judged
        or b["kind"] not in judged[b["collectif_id"]][4]
        for b in request["bonuses"]
    ):
        yield "BON-06"
    start = year_of(dossier["school_year"])
    if request["bonuses"] and start < 2021:
        yield "BON-01"
    until = request["multi_year_until"]
    if until is not None and not start <= year_of(until) <= assessment["until"]:
        yield "PLU"


def needed(assessment: Json, wanted: list[str]) -> Iterator[tuple[str | None, str]]:
    """The derogations that the granted collectifs and the project need."""
    yield from ((None, rule) for rule, o in assessment["findings"].items() if o == "derogation")
    for name in wanted:
        of_name = assessment["collectifs"][name][1] if name in assessment["collectifs"] else {}
        yield from ((name, rule) for rule, o in of_name.items() if o == "derogation")


def granted(past: Past, request: Json) -> Json:
    name = request["dossier_id"]
    dossier, first = current(past, name), year_of(current(past, name)["school_year"])
    rows = {
        c["collectif_id"]: c
        for c in dossier["collectifs"]
        if c["collectif_id"] in request["collectifs"]
    }
    derogations = [(d["collectif_id"], d["rule"]) for d in request["derogations_granted"]]
    until = request["multi_year_until"]
    return {
        "collectifs": sorted(
            (
                n,
                row["children"],
                cents(row["forecast_cost"]),
                tuple(sorted(b["kind"] for b in request["bonuses"] if b["collectif_id"] == n)),
                tuple(sorted(rule for c, rule in derogations if c == n)),
                row["starts_on"],
                row["ends_on"],
            )
            for n, row in rows.items()
        ),
        "derogations": sorted(rule for c, rule in derogations if c is None),
        "decided_on": request["decided_on"],
        "justification": request.get("cap_justification"),
        "remarks": sorted(remarks(past, request, dossier, list(rows.values()))),
        "agrement": {
            "dossier_id": name,
            "caf": dossier["caf"],
            "siret": dossier["gestionnaire"]["siret"],
            "level": dossier["project"]["school_level"],
            "communes": sorted(dossier["project"]["communes"]),
            "first": first,
            "until": year_of(until) if until else first,
        },
    }


def remarks(past: Past, request: Json, dossier: Json, rows: list[Json]) -> Iterator[str]:
    """What is asked of the committee and was not said, and what was lifted by rule."""
    if request.get("criteria") is None:
        yield "COM-08"
    if not SCHOOL & set(request["members_present"]):
        yield "AXE-15"
    if any(by_der_04(dossier, row) for row in rows):
        yield "DER-04"
    signed = intake.paris_day(dossier["signed_at"])
    if signed > request["decided_on"]:
        yield "CAL-05"
    orders = past.answers("ComplementsRequested", (dossier["dossier_id"], 0), ordered=True)
    if orders and signed > past.request(orders[-1])["due_on"]:
        yield "COM-09"


# What corrects


def complements_ordered(past: Past, request: Json) -> Answers:
    name = request["dossier_id"]
    accepted = past.answers("ComplementsRequested", (name, 0), ordered=True)
    if any(map(past.repeats, accepted)):
        return
    rules = (
        ["COM-09"]
        if not past.answers("EligibilityAssessed", (name, 0))
        else ["RET-04"]
        if intake.withdrawn(past, name)
        else ["COM-10"]
        if decision(past, name)
        else ["TEC-01"]
        if reopened(past, name)
        else []
    )
    if rules:
        yield "RequestRefused", ("", 0), {"rules": rules}
    else:
        asked_for = sorted(a["rule"] or "COM-09" for a in request["asked"])
        last = max(intake.revisions(past, name))
        about = {"revision": last, "rules": asked_for, "ordered": True}
        yield "ComplementsRequested", (name, 0), about


def imported(past: Past, request: Json) -> Answers:
    """An agrement older than the system; a second one is none of these lives' business."""
    name = request["dossier_id"]
    it = {
        "dossier_id": name,
        "caf": request["caf"],
        "siret": request["gestionnaire"]["siret"],
        "level": request["project"]["school_level"],
        "communes": sorted(request["project"]["communes"]),
        "first": year_of(request["school_year"]),
        "until": year_of(request["multi_year_until"]),
    }
    if not past.answers("AgrementRegistered", (name, 0)):
        yield "AgrementRegistered", (name, 0), {"agrement": it}


def amendment_decided(past: Past, request: Json) -> Answers:
    """A withdrawal ends the agrement before its year, or with it where the action stopped in it."""
    right = (request["dossier_id"], 0)
    agreed = past.answers("AgrementGranted", right) + past.answers("AgrementRegistered", right)
    if done := past.only("AgrementAmended", right):
        assert past.repeats(done), "one amendment for each dossier of these lives"
        return
    if not agreed:
        yield "AmendmentRejected", right, {"rules": ["COM-05"]}
        return
    start, first = year_of(request["from_school_year"]), agreed[0].data["agrement"]["first"]
    if not first <= start <= agreed[0].data["agrement"]["until"]:
        yield "AmendmentRejected", right, {"rules": ["AGR-01"]}
        return
    until = start if request.get("ended_on") else start - 1
    yield "AgrementAmended", right, {"until": until if until >= first else None}
