"""Messages with invalid data: each kind of fault in each event where it is likely."""

from typing import NamedTuple

from shared.examples.changes import remove_at, set_at
from shared.partner_kit.builder import SampleDraft, invalid_draft
from shared.partner_kit.messages import COLLECTIF, DATA, GRANTED, message
from shared.partner_kit.sample import Document


class Fault(NamedTuple):
    """A kind of fault: its part of the sample name, its descriptions."""

    name: str
    fr: str
    en: str


MISSING = Fault("manque", "Le champ `{path}` manque.", "The field `{path}` is missing.")
NULL = Fault("nul", "`{path}` ne peut pas être nul.", "`{path}` may not be null.")
TYPE = Fault("type", "`{path}` n’est pas du bon type JSON.", "`{path}` has the wrong JSON type.")
VALUE = Fault(
    "valeur-inconnue",
    "La valeur de `{path}` n’est pas dans la liste fermée.",
    "The value of `{path}` is not in the closed list.",
)
SIRET = Fault(
    "siret",
    "`{path}` n’est pas un Siret : 14 chiffres, clé comprise.",
    "`{path}` is no Siret: 14 digits, the last one checks the others.",
)
NEGATIVE = Fault(
    "negatif", "Le montant de `{path}` est négatif.", "The amount of `{path}` is negative."
)
PRECISE = Fault(
    "trop-precis",
    "Le montant de `{path}` a plus de deux décimales.",
    "The amount of `{path}` has more than two decimals.",
)
NUMBER = Fault(
    "nombre",
    "Un montant s’écrit en texte, jamais en nombre JSON : `{path}`.",
    "An amount is text, never a JSON number: `{path}`.",
)
YEARS = Fault(
    "annees",
    "Les deux années de `{path}` ne se suivent pas.",
    "The two years of `{path}` do not follow each other.",
)
DAY = Fault(
    "date",
    "`{path}` n’est pas une date AAAA-MM-JJ qui existe.",
    "`{path}` is no existing date YYYY-MM-DD.",
)
RANGE = Fault("bornes", "`{path}` est hors de ses bornes.", "`{path}` is out of its bounds.")
TWICE = Fault("deux-fois", "Une valeur est répétée : `{path}`.", "A value is repeated: `{path}`.")
CODE = Fault(
    "code-caf", "Le code Caf a trois chiffres, en texte.", "A Caf's code is text of three digits."
)


INSEE = Fault(
    "insee",
    "Une commune s’écrit par son code Insee, pas par son nom : `{path}`.",
    "A commune is written as its INSEE code, not as its name: `{path}`.",
)
BLANK = Fault(
    "vide",
    "Un nom a au moins une lettre ou un chiffre : `{path}`.",
    "A name has at least one letter or digit: `{path}`.",
)


class Row(NamedTuple):
    """A fault at a path of the data; `error_path` is where it is reported, if elsewhere."""

    event: str
    fault: Fault
    path: str
    value: object = None
    error_path: str | None = None


_BONUS = {"collectif_id": "C1", "kind": "enfants"}
_ACTUAL = DATA["ResultAccountFiled"]["collectifs"][0]
_RENEWED = DATA["AnnualRenewalFiled"]["collectifs"][0]

ROWS = (
    Row("CampaignOpened", MISSING, "opens_on"),
    Row("CampaignOpened", DAY, "closes_on", "31/08/2025"),
    Row("CampaignOpened", NUMBER, "symbolic_fee_ceiling", 30),
    Row("CampaignOpened", YEARS, "school_year", "2025-2027"),
    Row("CampaignOpened", TYPE, "priorities", "ctg"),
    Row("InterimReportReceived", MISSING, "received_on"),
    Row("InterimReportReceived", SIRET, "siret", "76573991749306"),
    Row("InterimReportReceived", YEARS, "school_year", "2024"),
    Row("InterimReportReceived", CODE, "caf", "76"),
    Row("DossierSubmitted", MISSING, "budget"),
    Row("DossierSubmitted", MISSING, "collectifs.0.forecast_cost"),
    Row("DossierSubmitted", NULL, "gestionnaire.name"),
    Row("DossierSubmitted", TYPE, "revision", "1"),
    Row("DossierSubmitted", TYPE, "previous_clas", "non"),
    Row("DossierSubmitted", VALUE, "project.school_level", "primaire"),
    Row("DossierSubmitted", VALUE, "collectifs.0.grades.0", "ce1"),
    Row("DossierSubmitted", VALUE, "gestionnaire.kind", "Association"),
    Row("DossierSubmitted", SIRET, "gestionnaire.siret", "765 739 917 49305"),
    Row("DossierSubmitted", NEGATIVE, "budget.resources.0.amount", "-3600.00"),
    Row("DossierSubmitted", PRECISE, "collectifs.0.forecast_cost", "9000.005"),
    Row("DossierSubmitted", NUMBER, "budget.total_annual_cost", 9000.0),
    Row("DossierSubmitted", YEARS, "school_year", "2025-2025"),
    Row("DossierSubmitted", DAY, "collectifs.0.starts_on", "2025-02-30"),
    Row("DossierSubmitted", DAY, "signed_at", "2025-07-10T09:30:00"),
    Row("DossierSubmitted", RANGE, "collectifs.0.children", 0),
    Row("DossierSubmitted", RANGE, "collectifs.0.home_share", "1.50"),
    Row("DossierSubmitted", RANGE, "project.communes", []),
    Row(
        "DossierSubmitted", TWICE, "collectifs", [COLLECTIF, COLLECTIF], "collectifs.1.collectif_id"
    ),
    Row(
        "DossierSubmitted",
        TWICE,
        "bonus_requests.0.collectifs",
        ["C1", "C1"],
        "bonus_requests.0.collectifs.1",
    ),
    Row("CommitteeDecided", MISSING, "decided_on"),
    Row("CommitteeDecided", VALUE, "outcome", "accepted"),
    Row("CommitteeDecided", VALUE, "bonuses.0.kind", "ecole"),
    Row("CommitteeDecided", NULL, "members_present.0"),
    Row("CommitteeDecided", YEARS, "multi_year_until", "2027-2029"),
    Row("CommitteeDecided", TWICE, "collectifs", ["C1", "C1"], "collectifs.1"),
    Row("CommitteeDecided", TWICE, "bonuses", [_BONUS, _BONUS], "bonuses.1"),
    Row("WithdrawalRequested", MISSING, "motive"),
    Row("WithdrawalRequested", DAY, "requested_on", "15/09/2025"),
    Row("WithdrawalRequested", TYPE, "dossier_id", 12),
    Row("AmendmentDecided", MISSING, "legal_ground"),
    Row("AmendmentDecided", VALUE, "effect", "extended"),
    Row("AmendmentDecided", YEARS, "from_school_year", "2026-2025"),
    Row("AmendmentDecided", TWICE, "collectifs", ["C1", "C1"], "collectifs.1"),
    Row("AgrementImported", MISSING, "reference"),
    Row("AgrementImported", SIRET, "gestionnaire.siret", "7657399174930"),
    Row("AgrementImported", RANGE, "collectifs.0.children", 0),
    Row("AgrementImported", NEGATIVE, "collectifs.0.forecast_cost", "-1.00"),
    Row("AgrementImported", TWICE, "collectifs", [GRANTED, GRANTED], "collectifs.1.collectif_id"),
    Row("ConventionSigned", MISSING, "signed_on"),
    Row("ConventionSigned", NULL, "dossier_id"),
    Row("ConventionSigned", DAY, "signed_on", "2025-13-01"),
    Row("EnvelopeAllotted", MISSING, "amount"),
    Row("EnvelopeAllotted", NEGATIVE, "amount", "-0.01"),
    Row("EnvelopeAllotted", PRECISE, "amount", "100000.000"),
    Row("EnvelopeAllotted", TYPE, "exercise", "2025"),
    Row("AnnualRenewalFiled", MISSING, "report.financial"),
    Row("AnnualRenewalFiled", YEARS, "school_year", "2026-2028"),
    Row("AnnualRenewalFiled", NUMBER, "collectifs.0.forecast_cost", 9000),
    Row(
        "AnnualRenewalFiled", TWICE, "collectifs", [_RENEWED, _RENEWED], "collectifs.1.collectif_id"
    ),
    Row("BaremePublished", MISSING, "source"),
    Row("BaremePublished", TYPE, "start_year", "2026"),
    Row("BaremePublished", RANGE, "start_year", 1999),
    Row("BaremePublished", NEGATIVE, "plafond", "-8600.00"),
    Row("BaremePublished", PRECISE, "ps_max", "2795.005"),
    Row("AdvanceOrdered", MISSING, "order_id"),
    Row("AdvanceOrdered", NUMBER, "amount", 700.5),
    Row("AdvanceOrdered", NEGATIVE, "amount", "-700.00"),
    Row("AdvanceOrdered", PRECISE, "amount", "700.5"),
    Row("AdvanceOrdered", TYPE, "exercise", "2025"),
    Row("AdvanceReversalOrdered", MISSING, "order_id"),
    Row("AdvanceReversalOrdered", NULL, "motive"),
    Row("AdvanceReversalOrdered", YEARS, "school_year", "2025"),
    Row("ResultAccountFiled", MISSING, "report"),
    Row("ResultAccountFiled", TYPE, "collectifs.0.ran", "oui"),
    Row("ResultAccountFiled", VALUE, "collectifs.0.bonus_done.0", "ecole"),
    Row("ResultAccountFiled", PRECISE, "collectifs.0.actual_cost", "9000.1"),
    Row("ResultAccountFiled", TWICE, "collectifs", [_ACTUAL, _ACTUAL], "collectifs.1.collectif_id"),
    Row(
        "ResultAccountFiled",
        TWICE,
        "collectifs.0.bonus_done",
        ["parents", "parents"],
        "collectifs.0.bonus_done.1",
    ),
    Row("ControlConcluded", MISSING, "answered_on"),
    Row("ControlConcluded", DAY, "observations_sent_on", "hier"),
    Row("ControlConcluded", NEGATIVE, "budget.total_annual_cost", "-1.00"),
    Row("ControlConcluded", TYPE, "measures", None),
    Row("FundingCancellationOrdered", MISSING, "motive"),
    Row("FundingCancellationOrdered", NULL, "legal_ground"),
    Row("FundingCancellationOrdered", DAY, "ordered_on", "30/06/2027"),
    Row("ExerciseClosed", MISSING, "closed_on"),
    Row("ExerciseClosed", TYPE, "exercise", "2025"),
    Row("ExerciseClosed", RANGE, "exercise", 1999),
    Row("ExerciseClosed", CODE, "caf", "7611"),
    Row("EntryAcknowledged", MISSING, "reference"),
    Row("EntryAcknowledged", NULL, "entry_id"),
    Row("EntryAcknowledged", DAY, "acknowledged_on", "02/12/2025"),
    Row("EntryRejected", RANGE, "reasons", []),
    Row("EntryRejected", RANGE, "reasons.0.line", 0),
    Row("EntryRejected", MISSING, "reasons.0.code"),
    Row("EntryRejected", TYPE, "system", 7),
    Row("ComplementsOrdered", MISSING, "due_on"),
    Row("ComplementsOrdered", RANGE, "asked", []),
    Row("ComplementsOrdered", NULL, "asked.0.message"),
    Row("DossierSubmitted", VALUE, "channel", "elan"),
    Row("DossierSubmitted", VALUE, "project.activities.0", "aide aux devoirs"),
    Row("DossierSubmitted", VALUE, "project.objectives.AXE-E01", "Action prévue"),
    Row("DossierSubmitted", INSEE, "project.communes.0", "Saint-Paul"),
    Row("DossierSubmitted", BLANK, "gestionnaire.name", " "),
)


def sample_draft(row: Row) -> SampleDraft:
    """Return the draft of a row."""
    path = f"data.{row.path}"
    place = row.path.replace(".", "-").replace("_", "-")
    name = f"{row.event}-{place}-{row.fault.name}"
    error_path = path if row.error_path is None else f"data.{row.error_path}"
    return invalid_draft(
        row.event,
        name,
        row.fault.fr.format(path=path),
        row.fault.en.format(path=path),
        _with_fault(message(row.event, name, {}), row, path),
        "invalid",
        error_path,
    )


def _with_fault(document: Document, row: Row, path: str) -> Document:
    if row.fault is MISSING:
        remove_at(document, path)
    else:
        set_at(document, path, row.value)
    return document


INVALID_DATA: tuple[SampleDraft, ...] = tuple(map(sample_draft, ROWS))
