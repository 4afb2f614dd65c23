"""Messages that no service may accept, each with the reason and the path of its refusal.

`CORPUS` is data: other tests mix it into good traffic and look at what is left.
"""

from tests.contract.bad_json import GOOD, NOT_AN_EVENT, NOT_JSON, TWICE, UNKNOWN
from tests.contract.bad_values import ATTRIBUTES, FIELDS, MONEY
from tests.contract.bending import DOSSIER, MISSING, Bad, Raw, bent, key, raw, with_members
from tests.support.life import actual_collectif
from tests.support.samples import collectif, granted_collectif

WHOLE = (
    bent(
        "collectif-twice",
        "data.collectifs",
        [collectif(), collectif()],
        path="data.collectifs.1.collectif_id",
    ),
    bent(
        "bonus-twice",
        "data.bonus_requests.0.collectifs",
        ["C1", "C1"],
        path="data.bonus_requests.0.collectifs.1",
    ),
    bent(
        "bonus-asked-twice",
        "data.bonus_requests.0.kind",
        "parents",
        path="data.bonus_requests.1.collectifs.0",
    ),
    *(
        bent(name, "data.project.objectives", {objective: "Action"}, path=where)
        for name, objective, where in (
            ("objective-with-operator", "$where", "data.project.objectives.$where"),
            ("objective-with-nul", "AXE\x00", "data.project.objectives.AXE\x00"),
            ("objective-without-name", "", "data.project.objectives."),
            ("objective-in-small-letters", "axe-e1", "data.project.objectives.axe-e1"),
            ("objective-that-is-none", "AXE-E6", "data.project.objectives.AXE-E6"),
        )
    ),
)

OTHER_EVENTS = (
    bent("opening-day-missing", "data.opens_on", MISSING, event="CampaignOpened"),
    bent("symbolic-fee-as-number", "data.symbolic_fee_ceiling", 30, event="CampaignOpened"),
    bent("report-of-no-one", "data.siret", "", event="InterimReportReceived"),
    bent("outcome-unknown", "data.outcome", "accepted", event="CommitteeDecided"),
    bent("outcome-in-capitals", "data.outcome", "Granted", event="CommitteeDecided"),
    bent("member-without-name", "data.members_present.0", None, event="CommitteeDecided"),
    bent(
        "same-collectif-twice",
        "data.collectifs",
        ["C1", "C1"],
        event="CommitteeDecided",
        path="data.collectifs.1",
    ),
    bent(
        "same-bonus-twice",
        "data.bonuses",
        [{"collectif_id": "C1", "kind": "enfants"}] * 2,
        event="CommitteeDecided",
        path="data.bonuses.1",
    ),
    bent("convention-unsigned", "data.signed_on", None, event="ConventionSigned"),
    bent("start-year-as-text", "data.start_year", "2026", event="BaremePublished"),
    bent("start-year-of-the-middle-ages", "data.start_year", 1026, event="BaremePublished"),
    bent("negative-plafond", "data.plafond", "-8600.00", event="BaremePublished"),
    bent("advance-as-float", "data.amount", 700.0, event="AdvanceOrdered"),
    bent("advance-negative", "data.amount", "-700.00", event="AdvanceOrdered"),
    bent("exercise-as-boolean", "data.exercise", Raw("true"), event="ExerciseClosed"),
    bent("exercise-as-school-year", "data.exercise", "2025-2026", event="ExerciseClosed"),
)

LATER_EVENTS = (
    bent("envelope-negative", "data.amount", "-0.01", event="EnvelopeAllotted"),
    bent("envelope-of-a-school-year", "data.exercise", "2025-2026", event="EnvelopeAllotted"),
    bent("renewal-of-a-broken-year", "data.school_year", "2026-2028", event="AnnualRenewalFiled"),
    bent("bilan-half-told", "data.report.financial", MISSING, event="AnnualRenewalFiled"),
    bent(
        "renewed-twice",
        "data.collectifs",
        [{"collectif_id": "C1", "forecast_cost": "9000.00"}] * 2,
        event="AnnualRenewalFiled",
        path="data.collectifs.1.collectif_id",
    ),
    bent("bilan-perhaps", "data.report.qualitative", None, event="ResultAccountFiled"),
    bent("ran-as-text", "data.collectifs.0.ran", "oui", event="ResultAccountFiled"),
    bent("cost-unknown", "data.collectifs.0.actual_cost", None, event="ResultAccountFiled"),
    bent("bonus-unheard-of", "data.collectifs.0.bonus_done.0", "ecole", event="ResultAccountFiled"),
    bent(
        "bonus-done-twice",
        "data.collectifs.0.bonus_done",
        ["parents", "parents"],
        event="ResultAccountFiled",
        path="data.collectifs.0.bonus_done.1",
    ),
    bent(
        "accounted-twice",
        "data.collectifs",
        [actual_collectif(), actual_collectif()],
        event="ResultAccountFiled",
        path="data.collectifs.1.collectif_id",
    ),
    bent("answer-of-another-time", "data.answered_on", "hier", event="ControlConcluded"),
    bent("answer-not-told", "data.answered_on", MISSING, event="ControlConcluded"),
    bent("control-without-id", "data.control_id", "", event="ControlConcluded"),
    bent("withdrawal-of-no-day", "data.requested_on", None, event="WithdrawalRequested"),
    bent("withdrawal-motive-missing", "data.motive", MISSING, event="WithdrawalRequested"),
    bent("amendment-that-extends", "data.effect", "extended", event="AmendmentDecided"),
    bent("ground-missing", "data.legal_ground", MISSING, event="AmendmentDecided"),
    bent(
        "kept-twice",
        "data.collectifs",
        ["C1", "C1"],
        event="AmendmentDecided",
        path="data.collectifs.1",
    ),
    bent("imported-from-nowhere", "data.project.communes", [], event="AgrementImported"),
    bent("imported-by-name", "data.project.communes.0", "Rouen", event="AgrementImported"),
    bent("imported-for-nobody", "data.gestionnaire.name", "", event="AgrementImported"),
    bent("asked-for-nothing", "data.asked", [], event="ComplementsOrdered"),
    bent("asked-without-a-day", "data.due_on", None, event="ComplementsOrdered"),
    bent("asked-by-no-rule", "data.asked.0.rule", "rule 7", event="ComplementsOrdered"),
    bent("imported-without-children", "data.collectifs.0.children", 0, event="AgrementImported"),
    bent("imported-without-reference", "data.reference", None, event="AgrementImported"),
    bent(
        "imported-twice",
        "data.collectifs",
        [granted_collectif(), granted_collectif()],
        event="AgrementImported",
        path="data.collectifs.1.collectif_id",
    ),
    bent(
        "imported-bonus-twice",
        "data.collectifs.0.bonuses",
        ["enfants", "enfants"],
        event="AgrementImported",
        path="data.collectifs.0.bonuses.1",
    ),
    bent("reversal-of-nothing", "data.order_id", MISSING, event="AdvanceReversalOrdered"),
    bent("reversal-of-no-year", "data.school_year", "2025", event="AdvanceReversalOrdered"),
    bent(
        "cancelled-on-no-day", "data.ordered_on", "30/06/2027", event="FundingCancellationOrdered"
    ),
    bent("cancelled-for-nothing", "data.motive", None, event="FundingCancellationOrdered"),
    bent("acknowledged-by-no-system", "data.system", "", event="EntryAcknowledged"),
    bent("voucher-not-told", "data.reference", MISSING, event="EntryAcknowledged"),
    bent("acknowledged-on-no-day", "data.acknowledged_on", None, event="EntryAcknowledged"),
    bent("entry-with-our-separator", "data.entry_id", "a|b", event="EntryRejected"),
    bent("rejected-without-reason", "data.reasons", [], event="EntryRejected"),
    bent("reason-without-code", "data.reasons.0.code", "", event="EntryRejected"),
    bent("line-0-rejected", "data.reasons.0.line", 0, event="EntryRejected"),
    bent("line-as-text-rejected", "data.reasons.0.line", "2", event="EntryRejected"),
)

DISAGREEING = (
    Bad("other-event-in-the-key", GOOD, "disagrees", routing_key="CampaignOpened.v1.761"),
    Bad("other-caf-in-the-key", GOOD, "disagrees", routing_key="DossierSubmitted.v1.771"),
    Bad("other-version-in-the-key", GOOD, "disagrees", routing_key="DossierSubmitted.v2.761"),
    Bad("national-in-the-key", GOOD, "disagrees", routing_key="DossierSubmitted.v1.national"),
    Bad("no-key", GOOD, "disagrees", routing_key=""),
    Bad("other-message-id", GOOD, "disagrees", "id", message_id="m-2"),
    Bad("empty-message-id", GOOD, "disagrees", "id", message_id=""),
    Bad("not-for-this-service", GOOD, "disagrees", "type", key(DOSSIER), service="accounting"),
)

CORPUS: tuple[Bad, ...] = (
    *NOT_JSON,
    *NOT_AN_EVENT,
    *TWICE,
    *UNKNOWN,
    *ATTRIBUTES,
    *MONEY,
    *FIELDS,
    *WHOLE,
    *OTHER_EVENTS,
    *LATER_EVENTS,
    *DISAGREEING,
)

HOSTILE: tuple[Bad, ...] = (
    *(bad for bad in CORPUS if len(bad.body) > 100_000),
    raw(
        "40-000-keys-twice",
        with_members(",".join(f'"k{n % 40_000}": 1' for n in range(80_000))),
        "too_many",
    ),
    bent(
        "a-thousand-broken-collectifs",
        "data.collectifs",
        [{"grades": [0] * 8}] * 900,
        path="data.collectifs.0.collectif_id",
    ),
    bent(
        "a-bonus-asked-18-000-times",
        "data.bonus_requests",
        [{"kind": "enfants", "collectifs": ["C1"] * 180, "description": ""}] * 100,
        path="data.bonus_requests.0.collectifs.1",
    ),
)
"""Bodies made to take long."""
