"""The phases of the sample campaign, in playing order.

Order is promised only to a producer that waits for its answer, so what depends on an answer
stands in a later phase.
"""

from typing import NamedTuple

ATTRIBUTE = "demophase"
"""The CloudEvents extension that says to which phase an event belongs."""


class Phase(NamedTuple):
    """A phase, by the value of its attribute, and its French title."""

    name: str
    title: str


OPENING = Phase("ouverture", "Appels à projets et bilans intermédiaires")
EARLIER = Phase("anterieur", "Un dossier de 2024-2025, pour trois ans")
EARLIER_SITTING = Phase("anterieur-comite", "Son agrément pluriannuel")
DEPOSITS = Phase("depots", "Dépôt des dossiers dans ELAN")
COMPLEMENTS = Phase("complements", "Compléments, corrections, bilan retardataire")
ENVELOPES = Phase("enveloppes", "Enveloppes de 2025 et de 2026")
SITTING = Phase("comite", "Séance du comité départemental")
SECOND_SITTING = Phase("comite-rectifie", "Décision du comité rectifiée")
LAST_SITTING = Phase("comite-ajourne", "Le dossier ajourné est agréé")
ENVELOPE_RAISED = Phase("enveloppe-completee", "Enveloppe de 2025 complétée")
CONVENTIONS = Phase("conventions", "Conventions signées")
ADVANCES_N = Phase("acomptes-2025", "Acomptes sur l'exercice 2025")
ADVANCES_N_AGAIN = Phase("acomptes-2025-corriges", "Ordres d'acompte corrigés")
CLOSING_N = Phase("cloture-2025", "Clôture de l'exercice 2025")
LATE_CONVENTIONS = Phase("conventions-tardives", "Conventions tardives")
ADVANCES_N1 = Phase("acomptes-2026", "Acomptes sur l'exercice 2026")
CORRECTIONS = Phase("corrections", "Un acompte annulé, un droit annulé")
ADVANCES_N1_AGAIN = Phase("acomptes-2026-corriges", "L'acompte juste")
ACCOUNTS = Phase("comptes", "Comptes de résultat et bilans")
ACCOUNTS_COMPLETED = Phase("comptes-completes", "Bilans complétés")
CLOSING_N1 = Phase("cloture-2026", "Clôture de l'exercice 2026")
CONTROLS = Phase("controles", "Contrôles")
CONTROLS_AGAIN = Phase("controles-apres-delai", "Contrôle conclu après le contradictoire")

PHASES = (
    *(OPENING, EARLIER, EARLIER_SITTING, DEPOSITS, COMPLEMENTS),
    *(ENVELOPES, SITTING, SECOND_SITTING, LAST_SITTING, ENVELOPE_RAISED),
    *(CONVENTIONS, ADVANCES_N, ADVANCES_N_AGAIN, CLOSING_N),
    *(LATE_CONVENTIONS, ADVANCES_N1, CORRECTIONS, ADVANCES_N1_AGAIN),
    *(ACCOUNTS, ACCOUNTS_COMPLETED, CLOSING_N1, CONTROLS, CONTROLS_AGAIN),
)
