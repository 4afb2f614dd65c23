"""Checks of frequency: weeks, sessions and their length [ELI-27], and the season [CAL-03]."""

from services.eligibility.domain.findings import counted, finding, not_applicable
from services.eligibility.domain.rule_contexts import CollectifContext
from shared.contracts.elan import Collectif
from shared.french import short_date
from shared.kernel.calendar import is_overseas, start_year
from shared.kernel.decision import Finding, Outcome

DAYS_OF_WEEK = 7


def rhythm(context: CollectifContext) -> Finding:
    """ELI-27: enough weeks, and two sessions a week or one long session under a derogation.

    One long session is enough in a rural area [DER-04]; elsewhere, for lack of premises, the
    committee may allow it [DER-05, DER-06]. Too few weeks, or more than the period holds
    [D-ELI-27], is a breach whatever the sessions.
    """
    outcome, failure = _outcome(context)
    return finding(
        "ELI-27",
        ok=outcome == "ok",
        otherwise=outcome,
        observed=_observed(context.collectif),
        expected=_expected(context),
        failure=failure,
    )


def season(context: CollectifContext) -> Finding:
    """CAL-03: starts after the autumn holidays and ends by mid-June; else manual review."""
    collectif, autumn_end = context.collectif, context.rules.autumn_holidays_end
    if any(map(is_overseas, context.setting.communes)):
        return not_applicable("CAL-03", "le calendrier scolaire d'outre-mer est propre à chacun")
    if autumn_end is None:
        return not_applicable("CAL-03", "le calendrier scolaire de l'année n'est pas connu")
    last = context.rules.sessions.season_end.of(start_year(context.setting.school_year) + 1)
    return finding(
        "CAL-03",
        ok=collectif.starts_on > autumn_end and collectif.ends_on <= last,
        otherwise="review",
        observed=f"du {short_date(collectif.starts_on)} au {short_date(collectif.ends_on)}",
        expected=f"après le {short_date(autumn_end)} et jusqu'au {short_date(last)}"
        f" ({context.rules.sessions.source})",
        failure="La période de fonctionnement s'écarte de celle qui est préconisée,"
        " des vacances d'automne à la mi-juin.",
    )


def lifted_by_rule(context: CollectifContext) -> tuple[str, ...]:
    """Return DER-04 where one long session is enough because the area is rural."""
    applies = context.rural and _one_long_session(context) and not _two_sessions(context)
    return ("DER-04",) if applies else ()


def has_impossible_weeks(collectif: Collectif) -> bool:
    """Return whether more weeks are declared than the period holds; no derogation lifts that."""
    return collectif.weeks > weeks_of_period(collectif)


def weeks_of_period(collectif: Collectif) -> int:
    """Return the weeks of the period, both days included, begun weeks whole; reversed: none."""
    days = (collectif.ends_on - collectif.starts_on).days + 1
    return max(0, -(-days // DAYS_OF_WEEK))


def _outcome(context: CollectifContext) -> tuple[Outcome, str]:
    norm, collectif = context.rules.sessions, context.collectif
    if collectif.weeks < norm.weeks:
        return "breach", (
            f"Le collectif fonctionne {counted(collectif.weeks, 'semaine')} par an :"
            f" il en faut au moins {norm.weeks}."
        )
    if has_impossible_weeks(collectif):
        return "breach", (
            f"Le collectif déclare {counted(collectif.weeks, 'semaine')}, et sa période du"
            f" {short_date(collectif.starts_on)} au {short_date(collectif.ends_on)} en compte"
            f" {weeks_of_period(collectif)} au plus."
        )
    if _two_sessions(context) or (context.rural and _one_long_session(context)):
        return "ok", ""
    if _one_long_session(context) and collectif.premises_constraint:
        return "derogation", (
            "Faute de locaux, le collectif ne tient qu'une longue séance par semaine [DER-05] :"
            " le comité doit l'autoriser [DER-06]."
        )
    return "breach", (
        f"Le collectif tient {_observed_sessions(collectif)} :"
        f" il doit tenir {_expected_sessions(context)}."
    )


def _two_sessions(context: CollectifContext) -> bool:
    norm, collectif = context.rules.sessions, context.collectif
    return (
        collectif.sessions_per_week >= norm.sessions
        and collectif.minutes_per_session >= norm.minutes
    )


def _one_long_session(context: CollectifContext) -> bool:
    collectif = context.collectif
    return (
        collectif.sessions_per_week >= 1
        and collectif.minutes_per_session >= context.rules.sessions.single_session_minutes
    )


def _observed(collectif: Collectif) -> str:
    return f"{counted(collectif.weeks, 'semaine')}, {_observed_sessions(collectif)}"


def _observed_sessions(collectif: Collectif) -> str:
    return (
        f"{counted(collectif.sessions_per_week, 'séance')} par semaine"
        f" de {counted(collectif.minutes_per_session, 'minute')}"
    )


def _expected(context: CollectifContext) -> str:
    norm = context.rules.sessions
    return f"au moins {norm.weeks} semaines, {_expected_sessions(context)} ({norm.source})"


def _expected_sessions(context: CollectifContext) -> str:
    norm = context.rules.sessions
    usual = f"{norm.sessions} séances par semaine de {norm.minutes} minutes au moins"
    if not context.rural:
        return usual
    return f"{usual}, ou une séance de {norm.single_session_minutes} minutes au moins (DER-04)"
