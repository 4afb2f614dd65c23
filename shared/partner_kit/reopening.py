"""Valid messages: a Caf asks for complements to a dossier that it received."""

from shared.partner_kit.builder import answer, valid_draft
from shared.partner_kit.deposits import RECEIVED
from shared.partner_kit.messages import REOPENED

REOPENING = (
    valid_draft(
        "DossierSubmitted",
        "dossier-a-corriger",
        "Un dossier dont la date de fin précède la date de début est recevable, mais inéligible.",
        "A dossier whose last day comes before its first is received, but ineligible.",
        {"dossier_id": REOPENED, "collectifs.0.ends_on": "2025-06-12"},
        answer("DossierReceived"),
        answer("EligibilityAssessed", verdict="ineligible"),
        answer("FundingForecast", verdict="ineligible"),
    ),
    valid_draft(
        "ComplementsOrdered",
        "complements-demandes-par-la-caf",
        "La Caf demande des compléments : le dossier peut être révisé.",
        "The Caf asks for complements: the dossier may be revised.",
        {"dossier_id": REOPENED},
        answer("DossierReopened", "ELI-22"),
        answer("ComplementsRequested", "ELI-22"),
    ),
    valid_draft(
        "DossierSubmitted",
        "dossier-corrige",
        "La révision suivante est examinée de nouveau.",
        "The next revision is assessed anew.",
        {"dossier_id": REOPENED, "revision": 2},
        *RECEIVED,
    ),
)
