"""Checks of one collectif: children, year, place, staff and time at home."""

from services.eligibility.domain.findings import counted, finding, listed, yes
from services.eligibility.domain.rule_contexts import CollectifContext
from services.eligibility.domain.sessions import rhythm, season
from shared.french import percent, short_date
from shared.kernel.calendar import first_day, last_day
from shared.kernel.decision import Finding
from shared.kernel.rules import Rule


def school_grades(context: CollectifContext) -> Finding:
    """ELI-06: every grade is between CP and Terminale; nursery grades are not."""
    public, grades = context.rules.public, context.collectif.grades
    outside = tuple(dict.fromkeys(grade for grade in grades if grade not in public.grades))
    return finding(
        "ELI-06",
        ok=not outside,
        observed=listed(dict.fromkeys(grades), nothing="aucune classe indiquée"),
        expected=f"des classes du CP à la terminale ({public.source})",
        failure=f"Le Clas commence au CP : {listed(outside)} n'en relève pas.",
    )


def size(context: CollectifContext) -> Finding:
    """ELI-23: 8 to 12 children, from 5 in a rural area [DER-01] or with a handicap [DER-02]."""
    norm, children = context.rules.size, context.collectif.children
    lowered_by = _lowered_by(context)
    minimum = norm.lowered_minimum if lowered_by else norm.minimum
    expected = f"de {minimum} à {norm.maximum} enfants"
    return finding(
        "ELI-23",
        ok=minimum <= children <= norm.maximum,
        observed=counted(children, "enfant"),
        expected=f"{expected}{lowered_by} ({norm.source})",
        failure=f"Le collectif réunit {counted(children, 'enfant')} :"
        f" il doit en réunir {expected}{lowered_by}.",
    )


def whole_year(context: CollectifContext) -> Finding:
    """ELI-22: the collectif meets the whole school year, and only in it [D-ELI-22]."""
    collectif, year = context.collectif, context.setting.school_year
    first, last = first_day(year), last_day(year)
    expected = "un groupe constitué pour toute l'année scolaire"
    if first <= collectif.starts_on < collectif.ends_on <= last:
        return finding(
            "ELI-22",
            ok=collectif.whole_year,
            observed=yes(collectif.whole_year),
            expected=expected,
            failure="Le collectif ne fonctionne pas toute l'année scolaire.",
        )
    observed = f"du {short_date(collectif.starts_on)} au {short_date(collectif.ends_on)}"
    return finding(
        "ELI-22",
        ok=False,
        observed=observed,
        expected=f"{expected}, du {short_date(first)} au {short_date(last)}",
        failure=f"La période de fonctionnement, {observed}, ne tient pas dans l'année scolaire"
        f" {year}.",
    )


def one_open_place(context: CollectifContext) -> Finding:
    """ELI-23L: the collectif meets in one place, accessible to parents."""
    single, accessible = context.collectif.single_place, context.collectif.accessible_to_parents
    return finding(
        "ELI-23L",
        ok=single and accessible,
        observed=f"lieu unique : {yes(single)}, accessible aux parents : {yes(accessible)}",
        expected=f"un même lieu, accessible aux parents ({context.rules.size.source})",
        failure="Le collectif doit se réunir dans un même lieu, accessible aux parents.",
    )


def outside_school_time(context: CollectifContext) -> Finding:
    """ELI-07: sessions take place outside school time."""
    outside = context.collectif.outside_school_time
    return finding(
        "ELI-07",
        ok=outside,
        observed=yes(outside),
        expected="des séances hors temps scolaire",
        failure="Des séances ont lieu pendant le temps scolaire.",
    )


def supervision(context: CollectifContext) -> Finding:
    """ENC-01: two intervenants; one in a rural area with fewer than 8 children [DER-03]."""
    staff, intervenants = context.rules.staff, context.collectif.intervenants
    lowered = context.rural and context.collectif.children < staff.small_collectif
    minimum = staff.lowered_intervenants if lowered else staff.intervenants
    why = " (minimum abaissé par DER-03)" if lowered else ""
    return finding(
        "ENC-01",
        ok=intervenants >= minimum,
        observed=counted(intervenants, "intervenant"),
        expected=f"au moins {counted(minimum, 'intervenant')}{why} ({staff.source})",
        failure=f"Le collectif est encadré par {counted(intervenants, 'intervenant')} :"
        f" il en faut au moins {minimum}{why}.",
    )


def not_only_at_home(context: CollectifContext) -> Finding:
    """ELI-26: the activity does not take place entirely at home."""
    share = context.collectif.home_share
    return finding(
        "ELI-26",
        ok=share < 1,
        observed=f"{percent(share)} à domicile",
        expected="une partie seulement de l'action à domicile",
        failure="L'action se déroule entièrement à domicile : elle n'a rien de collectif.",
    )


def mostly_together(context: CollectifContext) -> Finding:
    """ELI-36: time at home stays secondary; above the share, manual review."""
    places, share = context.rules.places, context.collectif.home_share
    return finding(
        "ELI-36",
        ok=share <= places.home_share_max,
        otherwise="review",
        observed=f"{percent(share)} à domicile",
        expected=f"au plus {percent(places.home_share_max)} à domicile ({places.source})",
        failure=f"{percent(share)} de l'action se déroule à domicile :"
        " son caractère collectif est à apprécier.",
    )


def collective_events(context: CollectifContext) -> Finding:
    """ELI-28: time at home requires collective events each month."""
    places, collectif = context.rules.places, context.collectif
    return finding(
        "ELI-28",
        ok=collectif.home_share == 0
        or collectif.collective_events_per_month >= places.events_per_month,
        observed=f"{percent(collectif.home_share)} à domicile,"
        f" {counted(collectif.collective_events_per_month, 'événement')} par mois",
        expected=f"au moins {places.events_per_month} par mois dès qu'une part de l'action"
        f" a lieu à domicile ({places.source})",
        failure="Une action menée en partie à domicile demande au moins"
        f" {places.events_per_month} événement collectif par mois.",
    )


def premises(context: CollectifContext) -> Finding:
    """ELI-30: the type of premises is listed by the referentiel; others go to manual review.

    At home with no share at home is a contradiction, by which ELI-28 would be evaded.
    """
    places, place = context.rules.places, context.collectif.place_type
    if place == "domicile" and context.collectif.home_share == 0:
        return finding(
            "ELI-30",
            ok=False,
            otherwise="review",
            observed="domicile, 0 % à domicile",
            expected=f"{listed(places.accepted)} ({places.accepted_source})",
            failure="Le lieu déclaré est le domicile, et aucune part de l'action ne s'y déroule :"
            " les deux se contredisent, c'est à examiner.",
        )
    return finding(
        "ELI-30",
        ok=place in places.accepted,
        otherwise="review",
        observed=place,
        expected=f"{listed(places.accepted)} ({places.accepted_source})",
        failure=f"Le lieu déclaré ({place}) n'est pas de ceux que cite le référentiel :"
        " il est à examiner.",
    )


def _lowered_by(context: CollectifContext) -> str:
    if context.rural:
        return " (minimum abaissé par DER-01)"
    if context.collectif.disabled_child_with_reinforced_attention:
        return " (minimum abaissé par DER-02)"
    return ""


RULES: tuple[Rule[CollectifContext], ...] = (
    Rule("ELI-06", school_grades),
    Rule("ELI-23", size),
    Rule("ELI-22", whole_year),
    Rule("ELI-23L", one_open_place),
    Rule("ELI-07", outside_school_time),
    Rule("ELI-27", rhythm),
    Rule("ENC-01", supervision),
    Rule("ELI-26", not_only_at_home),
    Rule("ELI-36", mostly_together),
    Rule("ELI-28", collective_events),
    Rule("ELI-30", premises),
    Rule("CAL-03", season),
)
