"""Checks of rhythm: weeks, sessions and their length [ELI-27], and the season [CAL-03]."""

from services.eligibility.domain.findings import counted, finding, not_applicable
from services.eligibility.domain.rule_contexts import CollectifContext
from shared.contracts.elan import Collectif
from shared.contracts.eligibility import Finding, Outcome
from shared.french import short_date
from shared.kernel.calendar import start_year

OVERSEAS = ("97", "98")
"""How the INSEE codes of communes overseas begin."""
INSEE_LENGTH = 5


def rhythm(case: CollectifContext) -> Finding:
    """ELI-27: enough weeks, and two sessions a week or the one long session of a derogation.

    One long session is enough in a rural area [DER-04]; for want of premises elsewhere the
    committee may allow it [DER-05, DER-06]. Too few weeks is a breach whatever the sessions.
    """
    outcome, failure = _judge(case)
    return finding(
        "ELI-27",
        ok=outcome == "ok",
        otherwise=outcome,
        observed=_observed(case.collectif),
        expected=_expected(case),
        failure=failure,
    )


def season(case: CollectifContext) -> Finding:
    """CAL-03: starts after the autumn holidays and ends by mid-June; a person looks otherwise."""
    collectif, autumn_end = case.collectif, case.rules.autumn_holidays_end
    if any(map(_overseas, case.dossier.project.communes)):
        return not_applicable("CAL-03", "le calendrier scolaire d'outre-mer est propre à chacun")
    if autumn_end is None:
        return not_applicable("CAL-03", "le calendrier scolaire de l'année n'est pas connu")
    last = case.rules.sessions.season_end.of(start_year(case.dossier.school_year) + 1)
    return finding(
        "CAL-03",
        ok=collectif.starts_on > autumn_end and collectif.ends_on <= last,
        otherwise="review",
        observed=f"du {short_date(collectif.starts_on)} au {short_date(collectif.ends_on)}",
        expected=f"après le {short_date(autumn_end)} et jusqu'au {short_date(last)}"
        f" ({case.rules.sessions.source})",
        failure="La période de fonctionnement s'écarte de celle qui est préconisée,"
        " des vacances d'automne à la mi-juin.",
    )


def _judge(case: CollectifContext) -> tuple[Outcome, str]:
    norm, collectif = case.rules.sessions, case.collectif
    if collectif.weeks < norm.weeks:
        return "breach", (
            f"Le collectif fonctionne {counted(collectif.weeks, 'semaine')} par an :"
            f" il en faut au moins {norm.weeks}."
        )
    if _two_sessions(case) or (case.rural and _one_long_session(case)):
        return "ok", ""
    if _one_long_session(case) and collectif.premises_constraint:
        return "derogation", (
            "Faute de locaux, le collectif ne tient qu'une longue séance par semaine [DER-05] :"
            " le comité doit l'autoriser [DER-06]."
        )
    return "breach", (
        f"Le collectif tient {_observed_sessions(collectif)} :"
        f" il doit tenir {_expected_sessions(case)}."
    )


def _two_sessions(case: CollectifContext) -> bool:
    norm, collectif = case.rules.sessions, case.collectif
    return (
        collectif.sessions_per_week >= norm.sessions
        and collectif.minutes_per_session >= norm.minutes
    )


def _one_long_session(case: CollectifContext) -> bool:
    collectif = case.collectif
    return (
        collectif.sessions_per_week >= 1
        and collectif.minutes_per_session >= case.rules.sessions.single_session_minutes
    )


def _observed(collectif: Collectif) -> str:
    return f"{counted(collectif.weeks, 'semaine')}, {_observed_sessions(collectif)}"


def _observed_sessions(collectif: Collectif) -> str:
    return (
        f"{counted(collectif.sessions_per_week, 'séance')} par semaine"
        f" de {counted(collectif.minutes_per_session, 'minute')}"
    )


def _expected(case: CollectifContext) -> str:
    norm = case.rules.sessions
    return f"au moins {norm.weeks} semaines, {_expected_sessions(case)} ({norm.source})"


def _expected_sessions(case: CollectifContext) -> str:
    norm = case.rules.sessions
    usual = f"{norm.sessions} séances par semaine de {norm.minutes} minutes au moins"
    if not case.rural:
        return usual
    return f"{usual}, ou une séance de {norm.single_session_minutes} minutes au moins (DER-04)"


def _overseas(commune: str) -> bool:
    return len(commune) == INSEE_LENGTH and commune.isdigit() and commune.startswith(OVERSEAS)
