"""Communes of Seine-Maritime, by INSEE code; larger ones are listed several times."""

from typing import NamedTuple


class Commune(NamedTuple):
    """A commune: its INSEE code and name."""

    code: str
    name: str


TOWNS = (
    *(3 * (Commune("76351", "Le Havre"), Commune("76540", "Rouen"))),
    Commune("76575", "Saint-Étienne-du-Rouvray"),
    Commune("76575", "Saint-Étienne-du-Rouvray"),
    Commune("76681", "Sotteville-lès-Rouen"),
    Commune("76681", "Sotteville-lès-Rouen"),
    Commune("76217", "Dieppe"),
    Commune("76217", "Dieppe"),
    Commune("76231", "Elbeuf"),
    Commune("76231", "Elbeuf"),
    Commune("76322", "Le Grand-Quevilly"),
    Commune("76498", "Le Petit-Quevilly"),
    Commune("76259", "Fécamp"),
    Commune("76447", "Montivilliers"),
    Commune("76157", "Canteleu"),
    Commune("76057", "Barentin"),
    Commune("76114", "Bolbec"),
    Commune("76758", "Yvetot"),
    Commune("76410", "Maromme"),
    Commune("76216", "Déville-lès-Rouen"),
    Commune("76476", "Port-Jérôme-sur-Seine"),
    Commune("76165", "Caudebec-lès-Elbeuf"),
    Commune("76319", "Grand-Couronne"),
    Commune("76212", "Darnétal"),
    Commune("76305", "Gonfreville-l'Orcher"),
    Commune("76384", "Lillebonne"),
    Commune("76341", "Harfleur"),
    Commune("76474", "Notre-Dame-de-Bondeville"),
    Commune("76255", "Eu"),
    Commune("76178", "Cléon"),
)

VILLAGES = (
    Commune("76752", "Yerville"),
    Commune("76700", "Tôtes"),
    Commune("76146", "Buchy"),
    Commune("76035", "Aumale"),
    Commune("76392", "Londinières"),
    Commune("76235", "Envermeu"),
    Commune("76051", "Bacqueville-en-Caux"),
    Commune("76400", "Luneray"),
    Commune("76272", "Fontaine-le-Dun"),
    Commune("76648", "Saint-Saëns"),
    Commune("76219", "Doudeville"),
    Commune("76302", "Goderville"),
    Commune("76196", "Criquetot-l'Esneval"),
    Commune("76159", "Cany-Barville"),
    Commune("76276", "Forges-les-Eaux"),
    Commune("76101", "Blangy-sur-Bresle"),
    Commune("76719", "Valmont"),
    Commune("76258", "Terres-de-Caux"),
)
