"""What submission and eligibility really answer, in the form of the calculator."""

from typing import Any

from tests.oracle.past import Fact
from tests.oracle.wire import Json, content, year_of

NOT_IN_ORDER = {"breach", "derogation", "review"}


def fact(place: int, published: Any) -> Fact:
    """An answer about a dossier, or about a Caf's school year."""
    name = type(published).__name__
    dossier = getattr(published, "dossier_id", "")
    about = 0 if dossier else year_of(getattr(published, "school_year", "0000"))
    return Fact(place, name, (dossier, about), READ.get(name, _rules)(published))


def _rules(published: Any) -> Json:
    reasons = getattr(published, "reasons", None) or getattr(published, "grounds", None)
    return {"rules": sorted({r.rule for r in reasons})} if reasons else {}


def _plu(published: Any) -> Json:
    """Which rule binds the end of the agrement is shown by the limits of the assessment."""
    rules = {"PLU" if r.rule.startswith("PLU") else r.rule for r in published.reasons}
    return {"rules": sorted(rules)}


def _grounds(published: Any) -> Json:
    return _rules(published) | {"revision": published.revision}


def _held(published: Any) -> Json:
    return {"revision": published.revision, "waits_for": published.waits_for}


def _received(published: Any) -> Json:
    return {
        "revision": published.revision,
        "deposited_on": str(published.deposited_on),
        "campaign": published.campaign.model_dump(mode="json"),
    }


def _campaign(published: Any) -> Json:
    return {"superseded": published.superseded, "closes_on": str(published.closes_on)}


def _findings(findings: Any) -> dict[str, str]:
    return {f.rule: f.outcome for f in findings if f.outcome in NOT_IN_ORDER}


def _assessed(published: Any) -> Json:
    return {
        "verdict": published.verdict,
        "findings": _findings(published.findings),
        "until": year_of(published.multi_year_allowed_until),
        "collectifs": {
            c.collectif_id: (
                c.verdict,
                _findings(c.findings),
                c.children,
                int(c.forecast_cost.scaleb(2)),
                tuple(sorted(c.bonuses_requested)),
            )
            for c in published.collectifs
        },
        "budget": content(published.budget.model_dump(mode="json")),
        "siret": published.gestionnaire.siret,
    }


def _registered(published: Any) -> Json:
    return {
        "agrement": {
            "dossier_id": published.dossier_id,
            "caf": published.caf,
            "siret": published.gestionnaire.siret,
            "level": published.project.school_level,
            "communes": sorted(published.project.communes),
            "first": year_of(published.school_year),
            "until": year_of(published.multi_year_until),
        }
    }


def _granted(published: Any) -> Json:
    return _registered(published) | {
        "collectifs": sorted(
            (
                c.collectif_id,
                c.children,
                int(c.forecast_cost.scaleb(2)),
                tuple(sorted(c.bonuses)),
                tuple(sorted(c.derogations)),
                str(c.starts_on),
                str(c.ends_on),
            )
            for c in published.collectifs
        ),
        "derogations": sorted(published.derogations),
        "decided_on": str(published.decided_on),
        "justification": published.cap_justification,
        "remarks": sorted({remark.rule for remark in published.remarks}),
    }


def _amended(published: Any) -> Json:
    until = published.multi_year_until
    return {"until": year_of(until) if until else None}


READ = {
    "DossierHeld": _held,
    "DossierReceived": _received,
    "DossierRejected": _grounds,
    "ComplementsRequested": _grounds,
    "CampaignRegistered": _campaign,
    "EligibilityAssessed": _assessed,
    "CommitteeDecisionRejected": _plu,
    "AgrementGranted": _granted,
    "AgrementRefused": lambda published: {"motive": published.motive},
    "AgrementRegistered": _registered,
    "AgrementAmended": _amended,
}
