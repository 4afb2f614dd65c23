"""The gestionnaires of the sample campaign: 110 invented ones, 22 of them with two dossiers."""

from dataclasses import dataclass
from typing import Any

from stdnum import luhn

from tests.tools.campaign.communes import TOWNS, VILLAGES, Commune
from tests.tools.campaign.rng import SeededRandom

KINDS = {"association": 52, "commune": 22, "centre_social": 20, "ccas": 9, "epci": 7}
TWO_DOSSIERS_EVERY = 5

NAMES = {
    "association": (
        *("Les Passeurs de mots", "Le Petit Phare", "La Courte Échelle", "Boussole et compagnie"),
        *("Lire et grandir", "Entraide des Quatre-Vents", "Les Cahiers ouverts", "À petits pas"),
        *("La Maison des curieux", "Plumes et galets", "Les Ateliers du mercredi", "Tremplin"),
        *("L'Arbre à palabres", "Un temps pour apprendre", "Les Voisins solidaires"),
    ),
    "commune": (
        *("Service jeunesse des Bruyères", "Service éducation des Tilleuls"),
        *("Caisse des écoles du Pré-aux-Loups", "Régie enfance de la Côte-aux-Hiboux"),
    ),
    "centre_social": (
        *("Centre social L'Escale", "Centre social Les Deux-Rives", "Centre social La Fabrique"),
        *("Espace de vie Le Belvédère", "Centre social Les Hirondelles"),
    ),
    "ccas": ("Antenne sociale des Marronniers", "Antenne sociale de la Source"),
    "epci": ("Communauté des Trois-Vals", "Syndicat intercommunal du Plateau-aux-Vents"),
}
SINCE = ("2012-2013", "2016-2017", "2018-2019", "2020-2021", "2021-2022", "2022-2023")
AGREMENTS = (
    ("2023-01-01", "2026-12-31"),
    ("2024-01-01", "2027-12-31"),
    ("2025-01-01", "2028-12-31"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A gestionnaire, its communes and the numbers of its dossiers."""

    siret: str
    name: str
    kind: str
    communes: tuple[Commune, ...]
    rural: bool
    supported_since: str | None
    agrement: tuple[str, str] | None
    numbers: tuple[int, ...]

    @property
    def data(self) -> dict[str, Any]:
        """The gestionnaire as in the data of an event."""
        period = self.agrement and {"from": self.agrement[0], "to": self.agrement[1]}
        return {
            "siret": self.siret,
            "name": self.name,
            "kind": self.kind,
            "supported_since": self.supported_since,
            "centre_social_agrement": period,
        }


def organisations() -> tuple[Organisation, ...]:
    """Return all gestionnaires; dossiers are numbered from 1 in the same order."""
    made: list[Organisation] = []
    for rank, kind in enumerate(_kinds()):
        first = made[-1].numbers[-1] + 1 if made else 1
        two = rank % TWO_DOSSIERS_EVERY == 0
        numbers = (first, first + 1) if two else (first,)
        made.append(
            _organisation(rank, kind, numbers, {organisation.name for organisation in made})
        )
    return tuple(made)


def siret(rank: int) -> str:
    """Return a valid SIRET that no organisation has."""
    siren = f"00076{rank:03}"
    siren += luhn.calc_check_digit(siren)
    return f"{siren}0001{luhn.calc_check_digit(f'{siren}0001')}"


def _kinds() -> list[str]:
    """Return the kinds in random order."""
    kinds = [kind for kind, count in KINDS.items() for _ in range(count)]
    places = [(SeededRandom("kind", rank).below(1_000_000), rank) for rank in range(len(kinds))]
    return [kinds[rank] for _, rank in sorted(places)]


def _organisation(rank: int, kind: str, numbers: tuple[int, ...], taken: set[str]) -> Organisation:
    rng = SeededRandom("body", rank)
    rural = kind == "epci" or rng.chance(10)
    communes = _communes(rng, rural=rural, several=kind == "epci")
    return Organisation(
        siret=siret(rank),
        name=_name(rng, kind, communes[0], taken),
        kind=kind,
        communes=communes,
        rural=rural,
        supported_since=_supported_since(rng),
        agrement=rng.pick(AGREMENTS) if kind == "centre_social" else None,
        numbers=numbers,
    )


def _name(rng: SeededRandom, kind: str, commune: Commune, taken: set[str]) -> str:
    """Return a name that is not taken in that commune."""
    first = rng.below(len(NAMES[kind]))
    names = NAMES[kind][first:] + NAMES[kind][:first]
    free = (name for name in names if f"{name} ({commune.name})" not in taken)
    return f"{next(free)} ({commune.name})"


def _communes(rng: SeededRandom, *, rural: bool, several: bool) -> tuple[Commune, ...]:
    first = rng.below(len(VILLAGES) - 2)
    if several:
        return VILLAGES[first : first + rng.between(2, 3)]
    return (VILLAGES[first] if rural else rng.pick(TOWNS),)


def _supported_since(rng: SeededRandom) -> str | None:
    """Return the first year of support: none for one in six, last year for one in twelve."""
    if rng.chance(16):
        return None
    return "2024-2025" if rng.chance(10) else rng.pick(SINCE)
