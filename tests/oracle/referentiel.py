"""What the referentiel finds of a project and of its collectifs: outcomes by rule.

Only what is not in order is a finding here: `breach`, `derogation` or `review`.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from tests.oracle.wire import Json, cents, year_of

OBJECTIVES = (
    *(f"AXE-E{n}" for n in range(1, 6)),
    *(f"AXE-P{n}" for n in range(1, 6)),
    *(f"AXE-C{n}" for n in range(1, 4)),
    "AXE-T1",
)
LESSONS = {"aide_aux_devoirs", "methodologie"}
OPENING = {"ludique", "artistique", "culturelle", "sportive"}
CHARTER = {
    "ELI-11": "laicite",
    "ELI-12": "gratuite",
    "ELI-13": "egalite_des_droits",
    "ELI-14": "developpement_des_personnalites",
}
NURSERY = {"PS", "MS", "GS"}
HOLIDAYS_END = {2021: "2021-11-08", 2022: "2022-11-07", 2025: "2025-11-03", 2026: "2026-11-02"}
"""The first day of school after the autumn holidays."""
FIRST_YEAR = 2021
SIZE = {"ELI-23", "ELI-27", "ENC-01", "ENC-04"}
"""What the last year of transition lifts [DER-08]."""

Findings = dict[str, str]


class Assessment(NamedTuple):
    """The verdict on a project and its findings; those of each collectif by its id."""

    verdict: str
    findings: Findings
    collectifs: dict[str, tuple[str, Findings]]
    until: int


def assess(dossier: Json, terms: Json, rivals: bool) -> Assessment:
    """Judge a received dossier with the terms of its campaign.

    `rivals`: another dossier of the gestionnaire has its level and commune in that school year.
    """
    start = year_of(dossier["school_year"])
    if start < FIRST_YEAR:
        names = [c["collectif_id"] for c in dossier["collectifs"]]
        return Assessment(
            "ineligible",
            {"VER-01": "breach"},
            {n: ("ineligible", {}) for n in names},
            start,
        )
    until, limits = allowed(dossier, terms)
    findings = dict(project(dossier, terms)) | dict.fromkeys(limits, "review")
    findings |= {"COM-14": "review"} if rivals else {}
    findings = transition(dossier, findings)
    judged = {}
    for row in dossier["collectifs"]:
        of_row = dict(collectif(dossier, row, start))
        of_row = transition(dossier, of_row, spared={"ELI-27"} if overfull(row) else set())
        judged[row["collectif_id"]] = (verdict(of_row), of_row)
    return Assessment(whole(findings, judged), findings, judged, until)


def verdict(findings: Findings) -> str:
    outcomes = findings.values()
    if "breach" in outcomes:
        return "ineligible"
    return "derogation" if "derogation" in outcomes else "eligible"


def whole(findings: Findings, judged: dict[str, tuple[str, Findings]]) -> str:
    left = {outcome for outcome, _ in judged.values()} - {"ineligible"}
    own = verdict(findings)
    if own == "ineligible" or not left:
        return "ineligible"
    return "derogation" if "derogation" in {own, *left} else "eligible"


def transition(dossier: Json, findings: Findings, spared: Iterable[str] = ()) -> Findings:
    """DER-08: in 2021-2022, with a commitment, breaches wait for the committee; not `spared`."""
    if dossier["school_year"] != "2021-2022" or not dossier["transition_commitment"]:
        return findings
    return {
        rule: "derogation" if rule in SIZE - set(spared) and outcome == "breach" else outcome
        for rule, outcome in findings.items()
    }


# The project


def project(dossier: Json, terms: Json) -> Iterator[tuple[str, str]]:
    it, budget = dossier["project"], dossier["budget"]
    activities = set(it["activities"])
    breaches = {
        "ELI-05": not activities - LESSONS,
        "ELI-31": not (activities & LESSONS and activities & OPENING),
        "ELI-08": not it["need_identified_with_schools"],
        "ELI-09": not it["parents_agreement"],
        "ELI-15": blank(it["diagnosis"]),
        "ELI-18": not it["schools"],
        "ENC-03": it["coordinator"] is None,
        "ENC-04": it["coordinator"] is not None and not able(it["coordinator"]),
        "COF-01": not any(
            not r["branche_famille"] and cents(r["amount"]) for r in budget["resources"]
        ),
        **{rule: not it["charter"][name] for rule, name in CHARTER.items()},
        **{axis: blank(it["objectives"].get(axis, "")) for axis in OBJECTIVES},
    }
    breaches["AXE-T1"] |= not it["partners"]
    names = {c["collectif_id"] for c in dossier["collectifs"]}
    fee = terms["symbolic_fee_ceiling"] or "30.00"
    reviews = {
        "ELI-12b": cents(it["fee_per_child_year"]) > cents(fee),
        "ELI-17": bool(terms["priorities"])
        and not set(terms["priorities"]) & set(it["priorities"]),
        "BON-06": any(blank(r["description"]) for r in dossier["bonus_requests"]),
        "BON-18": any(set(r["collectifs"]) - names for r in dossier["bonus_requests"]),
        "PRX-08": unlikely(dossier),
        "COF-05": sum(cents(r["amount"]) for r in budget["resources"])
        > cents(budget["total_annual_cost"]),
        "ELI-40": elsewhere(dossier),
        "REC-11": bool(dossier.get("distinct_from")),
    }
    yield from ((rule, "breach") for rule, applies in breaches.items() if applies)
    yield from ((rule, "review") for rule, applies in reviews.items() if applies)


def blank(text: str) -> bool:
    return not text.strip()


def able(coordinator: Json) -> bool:
    trained = coordinator["diploma_level"] >= 5 or coordinator["equivalent_experience"]
    return bool(trained and coordinator["professional_experience"])


def unlikely(dossier: Json) -> bool:
    """A cost per child outside 150 to 2,500 euros, or collectifs dearer than the whole project."""
    costs = sum(cents(c["forecast_cost"]) for c in dossier["collectifs"])
    children = sum(c["children"] for c in dossier["collectifs"])
    whole_cost = cents(dossier["budget"]["total_annual_cost"])
    return not 15_000 * children <= costs <= 250_000 * children or costs > whole_cost


def elsewhere(dossier: Json) -> bool:
    if dossier["caf"].startswith("20"):
        return False  # Corsica: the codes of its Caf are no departments
    places = {department(commune) for commune in dossier["project"]["communes"]}
    return places != {department(dossier["caf"])}


def department(code: str) -> str:
    return code[:3] if code.startswith("97") else code[:2]


def allowed(dossier: Json, terms: Json) -> tuple[int, list[str]]:
    """The last start year that the agrement may have, and the rules that reduce what is asked."""
    start, payee = year_of(dossier["school_year"]), dossier["gestionnaire"]
    wanted = year_of(dossier["multi_year"]["until"]) if dossier["multi_year"] else start
    if wanted <= start:
        return start, []
    ends = limits(payee, terms, start)
    return max(start, min(wanted, *ends.values())), [r for r, end in ends.items() if wanted > end]


def limits(payee: Json, terms: Json, start: int) -> dict[str, int]:
    """The last start year that each rule allows."""
    ends = {}
    if payee["kind"] == "centre_social":
        own = payee["centre_social_agrement"]
        ends["PLU-01"] = (
            year_of(own["to"]) - (1 if own["to"][5:] >= "06-30" else 2) if own else start
        )
    else:
        since = payee["supported_since"]
        old = since is not None and year_of(since) <= start - 2
        ends["PLU-02"] = start + 3 if old else start
    if terms["multi_year_until"]:
        ends["PLU-04"] = year_of(terms["multi_year_until"])
    return ends


# A collectif


def collectif(dossier: Json, row: Json, start: int) -> Iterator[tuple[str, str]]:
    rural = dossier["project"]["rural"]
    small = rural or row["disabled_child_with_reinforced_attention"]
    share = float(row["home_share"])
    breaches = {
        "ELI-06": bool(set(row["grades"]) & NURSERY),
        "ELI-23": not (5 if small else 8) <= row["children"] <= 12,
        "ELI-22": not (
            row["whole_year"]
            and f"{start}-09-01" <= row["starts_on"] < row["ends_on"] <= f"{start + 1}-08-31"
        ),
        "ELI-23L": not (row["single_place"] and row["accessible_to_parents"]),
        "ELI-07": not row["outside_school_time"],
        "ENC-01": row["intervenants"] < (1 if rural and row["children"] < 8 else 2),
        "ELI-26": share >= 1,
        "ELI-28": share > 0 and row["collective_events_per_month"] < 1,
    }
    yield from ((rule, "breach") for rule, applies in breaches.items() if applies)
    if outcome := sessions(row, rural=rural):
        yield "ELI-27", outcome
    reviews = {
        "ELI-36": share > 0.5,
        "ELI-30": row["place_type"] in {"scolaire", "autre"}
        or (row["place_type"] == "domicile" and share == 0),
        "CAL-03": outside_the_advice(dossier, row, start),
    }
    yield from ((rule, "review") for rule, applies in reviews.items() if applies)


def sessions(row: Json, *, rural: bool) -> str | None:
    """ELI-27: 27 weeks that the period holds, of two sessions of 90 minutes or their like."""
    if row["weeks"] < 27 or overfull(row):
        return "breach"
    long = row["sessions_per_week"] >= 1 and row["minutes_per_session"] >= 120
    if row["sessions_per_week"] >= 2 and row["minutes_per_session"] >= 90:
        return None
    if long and rural:
        return None
    return "derogation" if long and row["premises_constraint"] else "breach"


def overfull(row: Json) -> bool:
    """Whether the weeks are more than the period holds, both days counted, a week begun counts."""
    days = (date.fromisoformat(row["ends_on"]) - date.fromisoformat(row["starts_on"])).days + 1
    return bool(row["weeks"] > max(0, -(-days // 7)))


def by_der_04(dossier: Json, row: Json) -> bool:
    """Whether one long session a week stands because the project is rural."""
    twice = row["sessions_per_week"] >= 2 and row["minutes_per_session"] >= 90
    return bool(dossier["project"]["rural"] and not twice and sessions(row, rural=True) is None)


def outside_the_advice(dossier: Json, row: Json, start: int) -> bool:
    """CAL-03: from the return of the autumn holidays to 15 June, where the holidays are known."""
    overseas = any(commune.startswith("97") for commune in dossier["project"]["communes"])
    if overseas or start not in HOLIDAYS_END:
        return False
    return bool(row["starts_on"] < HOLIDAYS_END[start] or row["ends_on"] > f"{start + 1}-06-15")
