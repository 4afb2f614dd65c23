"""The fields of a dossier and of its campaign."""

from collections.abc import Mapping
from typing import Any

from services.cli.cases.examples import (
    FORM_VERSION,
    FREE_TEXT,
    OLD_DOSSIER_ID,
    distinct_from,
)
from services.cli.cases.mapping import (
    AMOUNT,
    COUNT,
    DAY,
    FILLED,
    MOMENT,
    SHARE,
    TEXT,
    TEXTS,
    YES,
    Codec,
    Field,
    Fields,
    choice,
    choices,
    coded,
    lookup,
    read,
    several,
    write,
)
from shared.contracts.labels import GESTIONNAIRE_KINDS, SCHOOL_LEVELS
from shared.examples import dossier as catalogue

DESCRIPTIONS = {
    "enfants": "children",
    "parents": "parents",
    "écoles": "schools",
    "ressources locales": "local_resources",
}
CHARTER = {
    "laïcité": "laicite",
    "gratuité": "gratuite",
    "égalité des droits": "egalite_des_droits",
    "développement des personnalités": "developpement_des_personnalites",
}
AGREMENT = "un agrément"
ACTIVITIES = {
    "aide aux devoirs": "aide_aux_devoirs",
    "méthodologie": "methodologie",
    "ludique": "ludique",
    "artistique": "artistique",
    "culturelle": "culturelle",
    "sportive": "sportive",
    "autre": "autre",
}


def absent_items(labels: Mapping[str, str], filled: Any, empty: Any) -> Codec:
    """Return the codec of a mapping, written as the list of its empty items."""

    def parse(value: Any) -> dict[str, Any]:
        absent = {labels[each] for each in (value if isinstance(value, list) else [value])}
        return {key: empty if key in absent else filled for key in labels.values()}

    def render(value: Mapping[str, Any]) -> list[str]:
        return [label for label, key in labels.items() if not _is_filled(value.get(key))]

    return Codec(parse, render)


def numbered_items(name: str, field: str | None = None) -> Codec:
    """Return the codec of a list of names, written as their count."""

    def parse(value: Any) -> list[Any]:
        names = [f"{name} {number}" for number in range(1, COUNT.read(value) + 1)]
        return [{field: each} for each in names] if field else names

    return Codec(parse, lambda value: sum(1 for each in value if _is_filled(each)))


def nested(fields: Fields, default: Mapping[str, Any]) -> Codec:
    """Return the codec of an object, by its own fields."""
    return Codec(
        lambda value: read(fields, value, dict(default), "détail"),
        lambda value: write(fields, value, dict.fromkeys(value)),
    )


def _read_distinct(label: str) -> Any:
    """Return the agrement that the project is said to be distinct from, by its label."""
    return lookup({AGREMENT: distinct_from()}, label, "valeur")


def _write_distinct(others: Any) -> str | None:
    return AGREMENT if others else None


def _is_filled(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_filled, value.values()))
    return bool(value.strip()) if isinstance(value, str) else bool(value)


CAF = Field(
    "Caf",
    "caf",
    choices({"du dossier": catalogue.CAF, "autre": catalogue.OTHER_CAF}, other="autre"),
)
COORDINATOR_FIELDS = (
    Field("niveau de diplôme", "diploma_level", COUNT),
    Field("expérience équivalente", "equivalent_experience", YES),
    Field("expérience professionnelle", "professional_experience", YES),
)
PERIOD = (Field("du", "from", DAY), Field("au", "to", DAY))

CAMPAIGN = (
    Field("ouvre le", "opens_on", DAY),
    Field("ferme le", "closes_on", DAY),
    Field("pluriannuel jusqu’à", "multi_year_until", TEXT, optional=True),
    Field("participation symbolique", "symbolic_fee_ceiling", AMOUNT, optional=True),
    Field("priorités", "priorities", TEXTS),
    Field("comité", "committee", TEXTS),
)
DOSSIER = (
    CAF,
    Field("canal", "channel", choices({"ELAN": "ELAN", "autre": "autre"}, other="autre")),
    Field(
        "formulaire",
        "form.id",
        choices({"national": "clas-national", "autre": "autre"}, other="autre"),
    ),
    Field(
        "version du formulaire",
        "form.version",
        choices({"de la campagne": FORM_VERSION, "autre": "autre"}, other="autre"),
    ),
    Field("version", "revision", COUNT),
    Field("année scolaire", "school_year", TEXT),
    Field("déposé le", "deposited_at", MOMENT),
    Field("signé le", "signed_at", MOMENT, optional=True),
    Field("Clas l’année précédente", "previous_clas", YES),
    Field("renouvelle", "renews", choices({AGREMENT: OLD_DOSSIER_ID}), optional=True),
    Field("distinct de", "distinct_from", Codec(_read_distinct, _write_distinct), optional=True),
    Field("engagement de transition", "transition_commitment", YES),
    Field(
        "pluriannuel jusqu’à",
        "multi_year",
        Codec(lambda text: {"until": TEXT.read(text)}, lambda value: value["until"]),
        optional=True,
    ),
)
GESTIONNAIRE = (
    Field("siret", "siret", choices({"premier": catalogue.SIRET, "autre": catalogue.OTHER_SIRET})),
    Field("nature", "kind", coded(GESTIONNAIRE_KINDS)),
    Field("soutenu depuis", "supported_since", TEXT, optional=True),
    Field(
        "agrément du centre social",
        "centre_social_agrement",
        nested(PERIOD, {"from": None, "to": None}),
        optional=True,
    ),
)
PROJECT = (
    Field(
        "niveau",
        "school_level",
        coded(SCHOOL_LEVELS),
    ),
    Field("rural", "rural", YES),
    Field(
        "territoire",
        "communes",
        Codec(
            lambda text: {"métropole": ["76540"], "outre-mer": ["97411"]}[text],
            lambda value: "outre-mer" if value[0].startswith(("97", "98")) else "métropole",
        ),
    ),
    Field("descriptions absentes", "descriptions", absent_items(DESCRIPTIONS, FREE_TEXT, "")),
    Field("diagnostic", "diagnosis", FILLED),
    Field("priorités", "priorities", TEXTS),
    Field("engagements absents", "charter", absent_items(CHARTER, filled=True, empty=False)),
    Field("activités", "activities", several(choices(ACTIVITIES, other="autre"))),
    Field("besoin repéré avec l’école", "need_identified_with_schools", YES),
    Field("accord des parents", "parents_agreement", YES),
    Field("participation", "fee_per_child_year", AMOUNT),
    Field(
        "coordonnateur",
        "coordinator",
        nested(COORDINATOR_FIELDS, catalogue.coordinator()),
        optional=True,
    ),
    Field(
        "objectifs sans réponse",
        "objectives",
        absent_items({each: each for each in catalogue.OBJECTIVES}, FREE_TEXT, ""),
    ),
    Field("écoles", "schools", numbered_items("École", "name")),
    Field("partenaires", "partners", numbered_items("Partenaire")),
)
COLLECTIF = (
    Field("nom", "collectif_id", TEXT),
    Field("enfants", "children", COUNT),
    Field("classes", "grades", TEXTS),
    Field("enfant handicapé", "disabled_child_with_reinforced_attention", YES),
    Field("lieu unique", "single_place", YES),
    Field("accessible aux parents", "accessible_to_parents", YES),
    Field("toute l’année", "whole_year", YES),
    Field("hors temps scolaire", "outside_school_time", YES),
    Field(
        "lieu",
        "place_type",
        choice(
            associatif="associatif",
            communal="communal",
            scolaire="scolaire",
            domicile="domicile",
            autre="autre",
        ),
    ),
    Field("séances par semaine", "sessions_per_week", COUNT),
    Field("minutes par séance", "minutes_per_session", COUNT),
    Field("semaines", "weeks", COUNT),
    Field("commence le", "starts_on", DAY),
    Field("finit le", "ends_on", DAY),
    Field("intervenants", "intervenants", COUNT),
    Field("part à domicile", "home_share", SHARE),
    Field("événements collectifs par mois", "collective_events_per_month", COUNT),
    Field("locaux contraints", "premises_constraint", YES),
    Field("coût prévisionnel", "forecast_cost", AMOUNT),
)
BONUS_REQUEST = (
    Field("bonus", "kind", choice(enfants="enfants", parents="parents")),
    Field("collectifs", "collectifs", TEXTS),
    Field("projet", "description", FILLED),
)
RESOURCE = (
    Field("branche Famille", "branche_famille", YES),
    Field("montant", "amount", AMOUNT),
)
BUDGET_TOTAL = (Field("coût total", "total_annual_cost", AMOUNT),)
