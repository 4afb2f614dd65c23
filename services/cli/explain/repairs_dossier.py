"""What could be done about a dossier that is not received."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time

from services.cli.explain.change import Change
from services.cli.explain.decision import StoredDecision
from services.submission.domain.receivability_rules import CHANNEL, FORM, GRADES, LEVELS, NURSERY
from services.submission.domain.states import Campaign
from shared.contracts.caf import CampaignOpened
from shared.contracts.elan import DossierSubmitted
from shared.french import PARIS, long_date

NOON = time(12)
WRITTEN = "à décrire"


def of_dossier(decided: StoredDecision, dossier: DossierSubmitted) -> Iterator[Change]:
    """Yield the changes that answer the rules which the dossier breaks."""
    campaign = decided.found(Campaign)
    opened = campaign.opened if campaign else None
    for step in decided.steps:
        if step.outcome == "breach" and step.rule in REPAIRS:
            yield from REPAIRS[step.rule](dossier, opened)


def _channel(_dossier: DossierSubmitted, _campaign: CampaignOpened | None) -> Iterator[Change]:
    yield Change("déposer la demande sur la plateforme ELAN", ((("channel",), CHANNEL),))


def _form(dossier: DossierSubmitted, campaign: CampaignOpened | None) -> Iterator[Change]:
    version = campaign.form_version if campaign else dossier.form.version
    form = dossier.form.with_changes(id=FORM, version=version)
    yield Change(f"remplir le formulaire national {FORM}, version {version}", ((("form",), form),))


def _signature(dossier: DossierSubmitted, campaign: CampaignOpened | None) -> Iterator[Change]:
    if campaign:
        yield _signed("faire valider la demande par le signataire dans ELAN", campaign, dossier)


def _window(dossier: DossierSubmitted, campaign: CampaignOpened | None) -> Iterator[Change]:
    if campaign:
        yield _signed("valider la demande dans la période de dépôt", campaign, dossier)


def _signed(what: str, campaign: CampaignOpened, dossier: DossierSubmitted) -> Change:
    """Sign on the day of the window nearest to what was done."""
    done = dossier.signed_at or dossier.deposited_at
    nearest = min(max(done.astimezone(PARIS).date(), campaign.opens_on), campaign.closes_on)
    limits = f"au plus tard le {long_date(campaign.closes_on)}"
    if nearest == campaign.opens_on:
        limits = f"à partir du {long_date(campaign.opens_on)}"
    return Change(f"{what}, {limits}", ((("signed_at",), _noon(nearest)),))


def _noon(of: date) -> datetime:
    return datetime.combine(of, NOON, tzinfo=PARIS)


def _children(_dossier: DossierSubmitted, _campaign: CampaignOpened | None) -> Iterator[Change]:
    yield _described("children", "les actions conduites avec les enfants")


def _parents(_dossier: DossierSubmitted, _campaign: CampaignOpened | None) -> Iterator[Change]:
    yield _described("parents", "les actions menées avec et pour les parents")


def _schools(_dossier: DossierSubmitted, _campaign: CampaignOpened | None) -> Iterator[Change]:
    yield _described("schools", "les relations avec les établissements scolaires")


def _resources(_dossier: DossierSubmitted, _campaign: CampaignOpened | None) -> Iterator[Change]:
    yield _described("local_resources", "les ressources locales mobilisées")


def _described(field: str, what: str) -> Change:
    return Change(f"décrire {what}", ((("project", "descriptions", field), WRITTEN),))


def _levels(dossier: DossierSubmitted, _campaign: CampaignOpened | None) -> Iterator[Change]:
    allowed = GRADES[dossier.project.school_level] | NURSERY
    fitting = tuple(each for each in dossier.collectifs if allowed.issuperset(each.grades))
    if fitting:
        astray = [c.collectif_id for c in dossier.collectifs if c not in fitting]
        yield Change(
            f"déposer à part, dans un projet de leur niveau : {', '.join(astray)}",
            ((("collectifs",), fitting),),
        )
    grades = {grade for each in dossier.collectifs for grade in each.grades} - NURSERY
    for level, own in GRADES.items():
        if grades <= own:
            edit = (("project", "school_level"), level)
            yield Change(f"déposer le projet au niveau {LEVELS[level]}", (edit,))


REPAIRS: dict[str, Callable[[DossierSubmitted, CampaignOpened | None], Iterator[Change]]] = {
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
