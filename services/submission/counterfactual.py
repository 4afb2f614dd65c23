"""Candidate changes of a dossier that is not received."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time

from services.submission.domain.complement_rules import GRADES, NURSERY
from services.submission.domain.rejection_rules import CHANNEL, FORM, covers_project
from services.submission.domain.states import Agrement, Campaign, Dossier
from shared.contracts.caf import CampaignOpened
from shared.contracts.elan import DistinctProject, DossierSubmitted
from shared.contracts.labels import SCHOOL_LEVELS
from shared.contracts.submission import ComplementsRequested, DossierRejected
from shared.counterfactual.decision import StoredDecision
from shared.counterfactual.search import Change, Counterfactual
from shared.french import PARIS, in_paris, listed, long_date

REFUSALS = (DossierRejected, ComplementsRequested)
NOON = time(12)
PLACEHOLDER = "à décrire"


def counterfactuals(decision: StoredDecision) -> Iterator[Counterfactual]:
    """Yield, for each refusal, the candidate changes and the goal of another answer."""
    for event in decision.events:
        if isinstance(event, REFUSALS):
            changes = list(_candidate_changes(decision, decision.event.data))
            yield Counterfactual(changes, decision.answered_without(REFUSALS))


def deposit_window(decision: StoredDecision) -> tuple[date, date] | None:
    """Return the first and the last day for deposits, None where the decision read no campaign."""
    campaign = decision.first_state(Campaign) if decision.service.name == "submission" else None
    return (campaign.opened.opens_on, campaign.opened.closes_on) if campaign else None


def passed_closing_day(decision: StoredDecision) -> date | None:
    """Return the last day for deposits where the message of a dossier came after it, else None."""
    data, window = decision.event.data, deposit_window(decision)
    if not (window and isinstance(data, DossierSubmitted)):
        return None
    return window[1] if _day_of(data) > window[1] else None


def was_deposited_before(decision: StoredDecision) -> bool:
    """Return whether an earlier revision was signed in the window and not rejected [D-REC-07b]."""
    window = deposit_window(decision)
    before: Dossier | None = decision.first_state(Dossier) if window else None
    if window is None:
        return False
    earlier = before.completed_revisions if before else ()
    signatures = (revision.signed_at for revision in earlier if not revision.rejected)
    return any(window[0] <= in_paris(at).date() <= window[1] for at in signatures if at)


def _day_of(dossier: DossierSubmitted) -> date:
    """Return the day in Paris on which a dossier was validated or, if later, deposited."""
    return in_paris(max(filter(None, (dossier.signed_at, dossier.deposited_at)))).date()


def _candidate_changes(decision: StoredDecision, data: object) -> Iterator[Change]:
    """Yield changes that satisfy the rules which a dossier violates."""
    if not isinstance(data, DossierSubmitted):
        return
    campaign = decision.first_state(Campaign)
    opened = campaign.opened if campaign else None
    for finding in decision.findings:
        if finding.outcome == "breach" and finding.rule in CANDIDATE_CHANGES:
            yield from CANDIDATE_CHANGES[finding.rule](data, opened)
    if "REC-11" in decision.violated_rules:
        yield _distinct(decision, data)


def _distinct(decision: StoredDecision, dossier: DossierSubmitted) -> Change:
    """Say that the project is another one than those that an agrement covers."""
    agrements = (each for each in decision.trial.states.values() if isinstance(each, Agrement))
    covering = [each.dossier_id for each in agrements if covers_project(each, dossier)]
    others = tuple(DistinctProject(dossier_id=id_, motive=PLACEHOLDER) for id_ in covering)
    renews = None if dossier.renews in covering else dossier.renews
    return Change(
        f"si le projet n’est pas celui du dossier {listed(covering)}, le dire avec son motif",
        ((("distinct_from",), (*dossier.distinct_from, *others)), (("renews",), renews)),
    )


def _channel(_dossier: DossierSubmitted, _campaign: CampaignOpened | None) -> Iterator[Change]:
    yield Change("déposer la demande sur la plateforme ELAN", ((("channel",), CHANNEL),))


def _form(dossier: DossierSubmitted, campaign: CampaignOpened | None) -> Iterator[Change]:
    version = campaign.form_version if campaign else dossier.form.version
    form = dossier.form.with_changes(id=FORM, version=version)
    yield Change(f"remplir le formulaire national {FORM}, version {version}", ((("form",), form),))


def _signature(dossier: DossierSubmitted, campaign: CampaignOpened | None) -> Iterator[Change]:
    if campaign and _day_of(dossier) <= campaign.closes_on:
        yield _signed("faire valider la demande par le signataire dans ELAN", campaign, dossier)


def _window(dossier: DossierSubmitted, campaign: CampaignOpened | None) -> Iterator[Change]:
    if campaign and _day_of(dossier) <= campaign.closes_on:
        yield _signed("valider la demande dans la période de dépôt", campaign, dossier)


def _signed(action: str, campaign: CampaignOpened, dossier: DossierSubmitted) -> Change:
    """Sign on the day of the deposit window that is nearest to the actual one."""
    actual = dossier.signed_at or dossier.deposited_at
    nearest = min(max(in_paris(actual).date(), campaign.opens_on), campaign.closes_on)
    limit = f"au plus tard le {long_date(campaign.closes_on)}"
    if nearest == campaign.opens_on:
        limit = f"à partir du {long_date(campaign.opens_on)}"
    return Change(f"{action}, {limit}", ((("signed_at",), _noon(nearest)),))


def _noon(day: date) -> datetime:
    return datetime.combine(day, NOON, tzinfo=PARIS)


def _children(_dossier: DossierSubmitted, _campaign: CampaignOpened | None) -> Iterator[Change]:
    yield _described("children", "les actions conduites avec les enfants")


def _parents(_dossier: DossierSubmitted, _campaign: CampaignOpened | None) -> Iterator[Change]:
    yield _described("parents", "les actions menées avec et pour les parents")


def _schools(_dossier: DossierSubmitted, _campaign: CampaignOpened | None) -> Iterator[Change]:
    yield _described("schools", "les relations avec les établissements scolaires")


def _resources(_dossier: DossierSubmitted, _campaign: CampaignOpened | None) -> Iterator[Change]:
    yield _described("local_resources", "les ressources locales mobilisées")


def _described(field: str, subject: str) -> Change:
    edit = (("project", "descriptions", field), PLACEHOLDER)
    return Change(f"décrire {subject}", (edit,))


def _levels(dossier: DossierSubmitted, _campaign: CampaignOpened | None) -> Iterator[Change]:
    """Leave out collectifs of another school level, or file the project under theirs."""
    allowed = GRADES[dossier.project.school_level] | NURSERY
    fitting = tuple(c for c in dossier.collectifs if allowed.issuperset(c.grades))
    if fitting:
        others = [c.collectif_id for c in dossier.collectifs if c not in fitting]
        yield Change(
            f"déposer à part, dans un projet de leur niveau : {', '.join(others)}",
            ((("collectifs",), fitting),),
        )
    grades = {grade for c in dossier.collectifs for grade in c.grades} - NURSERY
    for level, of_level in GRADES.items():
        if grades <= of_level:
            edit = (("project", "school_level"), level)
            yield Change(f"déposer le projet au niveau {SCHOOL_LEVELS[level]}", (edit,))


CANDIDATE_CHANGES: dict[
    str, Callable[[DossierSubmitted, CampaignOpened | None], Iterator[Change]]
] = {
    "REC-02": _channel,
    "REC-04": _form,
    "REC-07": _window,
    "REC-08": _signature,
    "REC-14": _children,
    "REC-15": _parents,
    "REC-16": _schools,
    "REC-17": _resources,
    "REC-19": _levels,
}
