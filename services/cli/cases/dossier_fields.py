"""The words of a dossier and of its campaign."""

from collections.abc import Mapping
from typing import Any

from services.cli.cases.examples import (
    COORDINATOR,
    OBJECTIVES,
    OTHER_CAF,
    OTHER_SIRET,
    THE_CAF,
    THE_SIRET,
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
    Notation,
    Word,
    Words,
    choice,
    choices,
    read,
    several,
    write,
)

FORM_VERSION = "campagne"
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
ACTIVITIES = {
    "aide aux devoirs": "aide_aux_devoirs",
    "méthodologie": "methodologie",
    "ludique": "ludique",
    "artistique": "artistique",
    "culturelle": "culturelle",
    "sportive": "sportive",
    "autre": "autre",
}
KINDS = {
    "association": "association",
    "commune": "commune",
    "EPCI": "epci",
    "CCAS": "ccas",
    "centre social": "centre_social",
    "entreprise": "entreprise",
    "Caf": "caf",
}


def lacking(labels: Mapping[str, str], filled: Any, empty: Any) -> Notation:
    """Return the notation of a mapping by the list of what is lacking in it."""

    def full(given: Any) -> dict[str, Any]:
        absent = {labels[each] for each in (given if isinstance(given, list) else [given])}
        return {key: empty if key in absent else filled for key in labels.values()}

    def absent(value: Mapping[str, Any]) -> list[str]:
        return [label for label, key in labels.items() if not _said(value.get(key))]

    return Notation(full, absent)


def counted(name: str, field: str | None = None) -> Notation:
    """Return the notation of a list of names by their count."""

    def names(given: Any) -> list[Any]:
        found = [f"{name} {number}" for number in range(1, int(given) + 1)]
        return [{field: each} for each in found] if field else found

    return Notation(names, lambda value: sum(1 for each in value if _said(each)))


def nested(words: Words, sound: Mapping[str, Any]) -> Notation:
    """Return the notation of an object by its own words."""
    return Notation(
        lambda given: read(words, given, dict(sound), "détail"),
        lambda value: write(words, value, dict.fromkeys(value)),
    )


def _said(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_said, value.values()))
    return bool(value.strip()) if isinstance(value, str) else bool(value)


CAF = Word("Caf", "caf", choices({"du dossier": THE_CAF, "autre": OTHER_CAF}, other="autre"))
COORDINATOR_WORDS = (
    Word("niveau de diplôme", "diploma_level", COUNT),
    Word("expérience équivalente", "equivalent_experience", YES),
    Word("expérience professionnelle", "professional_experience", YES),
)
PERIOD = (Word("du", "from", DAY), Word("au", "to", DAY))

CAMPAIGN = (
    Word("ouvre le", "opens_on", DAY),
    Word("ferme le", "closes_on", DAY),
    Word("pluriannuel jusqu’à", "multi_year_until", TEXT, optional=True),
    Word("participation symbolique", "symbolic_fee_ceiling", AMOUNT, optional=True),
    Word("priorités", "priorities", TEXTS),
    Word("comité", "committee", TEXTS),
)
DOSSIER = (
    CAF,
    Word("canal", "channel", choices({"ELAN": "ELAN", "autre": "autre"}, other="autre")),
    Word(
        "formulaire",
        "form.id",
        choices({"national": "clas-national", "autre": "autre"}, other="autre"),
    ),
    Word(
        "version du formulaire",
        "form.version",
        choices({"de la campagne": FORM_VERSION, "autre": "autre"}, other="autre"),
    ),
    Word("version", "revision", COUNT),
    Word("année scolaire", "school_year", TEXT),
    Word("déposé le", "deposited_at", MOMENT),
    Word("signé le", "signed_at", MOMENT, optional=True),
    Word("Clas l’année précédente", "previous_clas", YES),
    Word("renouvelle", "renews", choice(un_agrément="ANCIEN"), optional=True),
    Word("engagement de transition", "transition_commitment", YES),
    Word(
        "pluriannuel jusqu’à",
        "multi_year",
        Notation(lambda given: {"until": str(given)}, lambda value: value["until"]),
        optional=True,
    ),
)
GESTIONNAIRE = (
    Word("siret", "siret", choices({"premier": THE_SIRET, "autre": OTHER_SIRET})),
    Word("nature", "kind", choices(KINDS)),
    Word("soutenu depuis", "supported_since", TEXT, optional=True),
    Word(
        "agrément du centre social",
        "centre_social_agrement",
        nested(PERIOD, {"from": None, "to": None}),
        optional=True,
    ),
)
PROJECT = (
    Word(
        "niveau",
        "school_level",
        choice(élémentaire="elementaire", collège="college", lycée="lycee"),
    ),
    Word("rural", "rural", YES),
    Word(
        "territoire",
        "communes",
        Notation(
            lambda given: {"métropole": ["76540"], "outre-mer": ["97411"]}[given],
            lambda value: "outre-mer" if value[0].startswith(("97", "98")) else "métropole",
        ),
    ),
    Word("descriptions absentes", "descriptions", lacking(DESCRIPTIONS, "Renseigné", "")),
    Word("diagnostic", "diagnosis", FILLED),
    Word("priorités", "priorities", TEXTS),
    Word("engagements absents", "charter", lacking(CHARTER, filled=True, empty=False)),
    Word("activités", "activities", several(choices(ACTIVITIES, other="autre"))),
    Word("besoin repéré avec l’école", "need_identified_with_schools", YES),
    Word("accord des parents", "parents_agreement", YES),
    Word("participation", "fee_per_child_year", AMOUNT),
    Word("coordonnateur", "coordinator", nested(COORDINATOR_WORDS, COORDINATOR), optional=True),
    Word(
        "objectifs sans réponse",
        "objectives",
        lacking({each: each for each in OBJECTIVES}, "Renseigné", ""),
    ),
    Word("écoles", "schools", counted("École", "name")),
    Word("partenaires", "partners", counted("Partenaire")),
)
COLLECTIF = (
    Word("nom", "collectif_id", TEXT),
    Word("enfants", "children", COUNT),
    Word("classes", "grades", TEXTS),
    Word("enfant handicapé", "disabled_child_with_reinforced_attention", YES),
    Word("lieu unique", "single_place", YES),
    Word("accessible aux parents", "accessible_to_parents", YES),
    Word("toute l’année", "whole_year", YES),
    Word("hors temps scolaire", "outside_school_time", YES),
    Word(
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
    Word("séances par semaine", "sessions_per_week", COUNT),
    Word("minutes par séance", "minutes_per_session", COUNT),
    Word("semaines", "weeks", COUNT),
    Word("commence le", "starts_on", DAY),
    Word("finit le", "ends_on", DAY),
    Word("intervenants", "intervenants", COUNT),
    Word("part à domicile", "home_share", SHARE),
    Word("événements collectifs par mois", "collective_events_per_month", COUNT),
    Word("locaux contraints", "premises_constraint", YES),
    Word("coût prévisionnel", "forecast_cost", AMOUNT),
)
BONUS_REQUEST = (
    Word("bonus", "kind", choice(enfants="enfants", parents="parents")),
    Word("collectifs", "collectifs", TEXTS),
    Word("projet", "description", FILLED),
)
RESOURCE = (
    Word("branche Famille", "branche_famille", YES),
    Word("montant", "amount", AMOUNT),
)
BUDGET_TOTAL = (Word("coût total", "total_annual_cost", AMOUNT),)
