"""Checks of the duration of an agrement, in school years [PLU-01, PLU-02, PLU-04].

A school year is represented by its start year. The allowed end is the minimum of the requested
end and the limits, and never before the dossier's own school year.
"""

from dataclasses import dataclass

from services.eligibility.domain.findings import finding, not_applicable
from services.eligibility.domain.referentiel import Rules
from services.eligibility.domain.rule_contexts import ProjectContext
from shared.contracts.elan import Gestionnaire
from shared.contracts.submission import DossierReceived
from shared.french import short_date
from shared.kernel.calendar import school_year, start_year
from shared.kernel.decision import Finding
from shared.kernel.rules import Rule

ONE_YEAR = "une seule année est demandée"


@dataclass(frozen=True, slots=True)
class Limit:
    """The last school year that a rule allows, by its start year."""

    rule: str
    until: int


def allowed_until(context: ProjectContext) -> str:
    """Return the last school year that the committee may grant."""
    own, requested = _years(context.dossier)
    limits = (limit.until for limit in _limits(context.dossier, context.rules))
    return school_year(max(own, min((requested, *limits))))


def binding_rule(dossier: DossierReceived, rules: Rules | None) -> str:
    """Return the rule that sets the allowed end.

    It is the rule of the lowest limit that the requested end reaches; where it reaches none, the
    rule that applies to this kind of gestionnaire.
    """
    _, requested = _years(dossier)
    limits = _limits(dossier, rules) if rules else ()
    applicable = [limit for limit in limits if limit.until <= requested]
    return min(applicable, key=_until).rule if applicable else _own_rule(dossier.gestionnaire)


def centre_social_period(context: ProjectContext) -> Finding:
    """PLU-01: the requested end is within the agrement of the centre social."""
    dossier, (own, requested) = context.dossier, _years(context.dossier)
    if _own_rule(dossier.gestionnaire) != "PLU-01":
        return not_applicable("PLU-01", "le gestionnaire n'est pas un centre social")
    if requested == own:
        return not_applicable("PLU-01", ONE_YEAR)
    limit = _centre_social_limit(dossier, context.rules)
    period = dossier.gestionnaire.centre_social_agrement
    observed = f"jusqu'au {short_date(period.to)}" if period else "non renseigné"
    return finding(
        "PLU-01",
        ok=requested <= limit,
        otherwise="review",
        observed=f"demande jusqu'à {school_year(requested)} ; agrément du centre {observed}",
        expected="une dernière année scolaire achevée pendant l'agrément du centre social"
        f" ({context.rules.multi_year.source})",
        failure="La demande dépasse l'agrément du centre social :"
        f" elle est ramenée à {school_year(max(own, limit))}.",
    )


def supported_long_enough(context: ProjectContext) -> Finding:
    """PLU-02: two school years of support before, and at most four school years in all."""
    dossier, (own, requested) = context.dossier, _years(context.dossier)
    if _own_rule(dossier.gestionnaire) != "PLU-02":
        return not_applicable("PLU-02", "l'agrément du centre social fixe la durée")
    if requested == own:
        return not_applicable("PLU-02", ONE_YEAR)
    terms, limit = context.rules.multi_year, _supported_limit(dossier, context.rules)
    since = dossier.gestionnaire.supported_since or "non renseigné"
    return finding(
        "PLU-02",
        ok=requested <= limit,
        otherwise="review",
        observed=f"soutien depuis {since} ; demande de {requested - own + 1} années scolaires",
        expected=f"soutien depuis {school_year(own - terms.seniority)} au plus tard,"
        f" et {terms.duration} années scolaires au plus ({terms.source})",
        failure="L'ancienneté du soutien ou la durée demandée ne permet pas cette demande :"
        f" elle est ramenée à {school_year(max(own, limit))}.",
    )


def within_campaign(context: ProjectContext) -> Finding:
    """PLU-04: the requested end is not after the one that the campaign sets."""
    own, requested = _years(context.dossier)
    if requested == own:
        return not_applicable("PLU-04", ONE_YEAR)
    if not (until := context.dossier.campaign.multi_year_until):
        return not_applicable("PLU-04", "l'appel à projets ne fixe pas de dernière année")
    limit = start_year(until)
    return finding(
        "PLU-04",
        ok=requested <= limit,
        otherwise="review",
        observed=f"demande jusqu'à {school_year(requested)}",
        expected=f"jusqu'à {until} au plus tard (appel à projets de la Caf)",
        failure="La demande dépasse la dernière année de l'appel à projets :"
        f" elle est ramenée à {school_year(max(own, limit))}.",
    )


def _years(dossier: DossierReceived) -> tuple[int, int]:
    """Return the start years of the dossier and of the last year requested, at least the former."""
    own = start_year(dossier.school_year)
    requested = start_year(dossier.multi_year.until) if dossier.multi_year else own
    return own, max(own, requested)


def _own_rule(gestionnaire: Gestionnaire) -> str:
    return "PLU-01" if gestionnaire.kind == "centre_social" else "PLU-02"


def _limits(dossier: DossierReceived, rules: Rules) -> tuple[Limit, ...]:
    own_rule = _own_rule(dossier.gestionnaire)
    of_rule = _centre_social_limit if own_rule == "PLU-01" else _supported_limit
    own = Limit(own_rule, of_rule(dossier, rules))
    until = dossier.campaign.multi_year_until
    return (own, Limit("PLU-04", start_year(until))) if until else (own,)


def _centre_social_limit(dossier: DossierReceived, rules: Rules) -> int:
    """Return the last school year that ends within the agrement, else the dossier's own."""
    own, last_day = start_year(dossier.school_year), rules.multi_year.last_day
    if not (period := dossier.gestionnaire.centre_social_agrement):
        return own
    end = period.to.year if last_day.of(period.to.year) <= period.to else period.to.year - 1
    return end - 1 if period.from_ <= last_day.of(end) else own


def _supported_limit(dossier: DossierReceived, rules: Rules) -> int:
    own, terms = start_year(dossier.school_year), rules.multi_year
    since = dossier.gestionnaire.supported_since
    if not since or start_year(since) > own - terms.seniority:
        return own
    return own + terms.duration - 1


def _until(limit: Limit) -> int:
    return limit.until


RULES: tuple[Rule[ProjectContext], ...] = (
    Rule("PLU-01", centre_social_period),
    Rule("PLU-02", supported_long_enough),
    Rule("PLU-04", within_campaign),
)
