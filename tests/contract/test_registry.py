"""The registry of events against the page of the contract, the services and their rules."""

from importlib import import_module

import pytest

from shared.contracts.registry import (
    BY_NAME,
    BY_TYPE,
    EVENTS,
    SERVICES,
    EventSpec,
    consumed_by,
    published_by,
)
from shared.kernel.service import Service
from shared.kernel.settings import Settings
from shared.rabbitmq.topology import LOG, queues
from tests.contract.domain_source import (
    RULE,
    built_names,
    deciding_modules,
    domain_modules,
    refusing_rules,
    with_imports,
)

TABLES: dict[str, Service] = {
    name: import_module(f"services.{name}.service").SERVICE for name in SERVICES
}

INBOUND = {
    "CampaignOpened": ("Caf", "submission"),
    "InterimReportReceived": ("Caf", "submission"),
    "DossierSubmitted": ("ELAN", "submission"),
    "CommitteeDecided": ("committee", "eligibility"),
    "ConventionSigned": ("Caf", "funding"),
    "EnvelopeAllotted": ("Caf", "funding"),
    "BaremePublished": ("Cnaf", "funding"),
    "AnnualRenewalFiled": ("ELAN", "funding"),
    "AdvanceOrdered": ("Caf", "funding"),
    "ResultAccountFiled": ("ELAN/AFAS", "funding"),
    "ControlConcluded": ("control", "funding"),
    "ExerciseClosed": ("accounting officer", "accounting"),
    "ComplementsOrdered": ("Caf", "eligibility"),
    "WithdrawalRequested": ("ELAN", "submission"),
    "AmendmentDecided": ("Caf", "eligibility"),
    "AgrementImported": ("Caf", "eligibility"),
    "AdvanceReversalOrdered": ("Caf", "funding"),
    "FundingCancellationOrdered": ("Caf", "funding"),
    "EntryAcknowledged": ("accounting system", "accounting"),
    "EntryRejected": ("accounting system", "accounting"),
}
"""Event, who sends it, who handles it."""

OUTBOUND = {
    "CampaignRegistered": "submission",
    "InterimReportRegistered": "submission",
    "DossierHeld": "submission",
    "DossierReceived": "submission",
    "DossierRejected": "submission",
    "ComplementsRequested": "submission",
    "WithdrawalForwarded": "submission",
    "DossierWithdrawn": "submission",
    "WithdrawalRefused": "submission",
    "EligibilityAssessed": "eligibility",
    "AgrementRegistered": "eligibility",
    "AgrementAmended": "eligibility",
    "AmendmentRejected": "eligibility",
    "WithdrawalJudged": "eligibility",
    "DossierReopened": "eligibility",
    "AgrementGranted": "eligibility",
    "AgrementRefused": "eligibility",
    "CommitteeDecisionRejected": "eligibility",
    "CommitteeAdjourned": "eligibility",
    "ConventionRegistered": "funding",
    "EnvelopeRegistered": "funding",
    "BaremeRegistered": "funding",
    "FundingForecast": "funding",
    "FundingGranted": "funding",
    "FundingDeferred": "funding",
    "FundingRefused": "funding",
    "AdvanceGranted": "funding",
    "AdvanceRefused": "funding",
    "BalanceSettled": "funding",
    "BalanceRefused": "funding",
    "AdjustmentDecided": "funding",
    "AdjustmentRefused": "funding",
    "FundingAmended": "funding",
    "FundingCancelled": "funding",
    "CancellationRefused": "funding",
    "AdvanceReversed": "funding",
    "AdvanceReversalRefused": "funding",
    "AccountingEntryPosted": "accounting",
    "DeliveryRegistered": "accounting",
    "ClosingCompleted": "accounting",
    "ClosingRefused": "accounting",
    "RequestRefused": "any",
    "MessageRefused": "any",
}
"""Event and producer."""

BETWEEN_SERVICES = {
    "DossierReceived": ("eligibility",),
    "EligibilityAssessed": ("funding",),
    "DossierReopened": ("submission",),
    "AgrementGranted": ("funding", "submission"),
    "FundingGranted": ("accounting",),
    "AdvanceGranted": ("accounting",),
    "BalanceSettled": ("accounting",),
    "AdjustmentDecided": ("accounting",),
    "WithdrawalForwarded": ("eligibility",),
    "WithdrawalJudged": ("submission",),
    "AgrementRegistered": ("funding", "submission"),
    "AgrementAmended": ("funding", "submission"),
    "AgrementRefused": ("funding",),
    "DossierWithdrawn": ("funding",),
    "FundingAmended": ("accounting",),
    "FundingCancelled": ("accounting",),
    "AdvanceReversed": ("accounting",),
}
"""The events of one service that another handles; all other answers are for partners."""

KEYS = {
    "DossierSubmitted": ("dossier_id", "revision"),
    "CommitteeDecided": ("dossier_id",),
    "AdvanceOrdered": ("order_id",),
    "AnnualRenewalFiled": ("dossier_id", "school_year"),
    "ResultAccountFiled": ("dossier_id", "school_year"),
    "ControlConcluded": ("control_id",),
    "CampaignOpened": ("caf", "school_year"),
    "ExerciseClosed": ("caf", "exercise"),
    "AmendmentDecided": ("amendment_id",),
    "AdvanceReversalOrdered": ("reversal_id",),
    "FundingCancellationOrdered": ("dossier_id", "school_year"),
    "EntryAcknowledged": ("entry_id", "system"),
    "EntryRejected": ("entry_id", "system"),
}
"""By what a request is known [1-domain, section 0]."""

REFUSABLE = [spec for spec in EVENTS if spec.refusals]
OF_THE_DECISION = {"eligibility": {"PLU-01", "PLU-02", "PLU-04"}}
"""Refusals whose rule the code takes from the assessment: the one that binds."""
NO_REFUSAL = {
    "submission": {"REC-09", "REC-20"},
    "eligibility": {"VER-01", "ELI-27", "AXE-15", "COM-08", "DER-04"},
    "funding": {"COF-03", "COF-05"},
}
"""Rules that refuse nothing: the dossier waits, is assessed as not eligible, or has a remark."""
JUDGED_ELSEWHERE = {"WithdrawalRequested": "WithdrawalJudged"}
"""A request that is forwarded to another service, and the event that brings its judgement back."""


def test_every_event_of_the_contract_is_in_the_registry() -> None:
    public = {spec.name for spec in EVENTS if not spec.internal}

    assert public == INBOUND.keys() | OUTBOUND.keys()
    assert len(BY_NAME) == len(BY_TYPE) == len(EVENTS)


@pytest.mark.parametrize("spec", EVENTS, ids=lambda spec: spec.name)
def test_producer_and_consumers_are_those_of_the_contract(spec: EventSpec) -> None:
    if spec.internal:
        assert spec.consumers == (spec.producer,)
    elif spec.name in INBOUND:
        producer, consumer = INBOUND[spec.name]
        assert (spec.producer, spec.consumers) == (producer, (consumer,))
    else:
        assert spec.producer == OUTBOUND[spec.name]
        assert spec.consumers == BETWEEN_SERVICES.get(spec.name, ())


@pytest.mark.parametrize("spec", EVENTS, ids=lambda spec: spec.name)
def test_a_row_holds_together(spec: EventSpec) -> None:
    assert spec.type == f"fr.caf.clas.{spec.name}.v1"
    assert spec.key
    assert set(spec.key) <= spec.model.model_fields.keys()
    assert spec.key == KEYS.get(spec.name, spec.key)
    assert set(spec.answers) <= BY_NAME.keys()
    assert all(RULE.fullmatch(rule) for rule in spec.refusals)
    assert len(set(spec.refusals)) == len(spec.refusals)
    assert not spec.answers or spec.consumers


@pytest.mark.parametrize("spec", EVENTS, ids=lambda spec: spec.name)
def test_a_request_with_refusals_has_an_answer_that_can_carry_them(spec: EventSpec) -> None:
    fields = {name for answer in spec.answers for name in BY_NAME[answer].model.model_fields}

    assert not spec.refusals or fields & {"reasons", "grounds"}


@pytest.mark.parametrize("spec", EVENTS, ids=lambda spec: spec.name)
def test_answers_come_from_a_service_that_handles_the_event(spec: EventSpec) -> None:
    for answer in spec.answers:
        assert BY_NAME[answer].producer in {*spec.consumers, "any"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_handles_what_it_listens_to_and_nothing_else(service: str) -> None:
    handled = [handler.event.__name__ for handler in TABLES[service].handlers]

    assert sorted(handled) == sorted(spec.name for spec in consumed_by(service))
    assert TABLES[service].name == service


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_service_says_it_may_say(service: str) -> None:
    """Every event model that the domain builds is the service's own."""
    built = {
        name for module in domain_modules(service) for name in built_names(module)
    } & BY_NAME.keys()

    assert built <= {spec.name for spec in published_by(service)}
    answered = {a for spec in consumed_by(service) for a in spec.answers}
    assert {name for name in answered if BY_NAME[name].producer == service} <= built


@pytest.mark.parametrize("service", SERVICES)
def test_the_rules_of_refusal_are_those_of_the_code(service: str) -> None:
    specs = [spec for spec in consumed_by(service) if spec.consumers[0] == service]
    registered = {rule for spec in specs for rule in spec.refusals}
    written = {rule for module in domain_modules(service) for rule in refusing_rules(module)}

    other = NO_REFUSAL.get(service, set())
    assert other <= written
    assert registered == (written - other) | OF_THE_DECISION.get(service, set())


@pytest.mark.parametrize("spec", REFUSABLE, ids=lambda spec: spec.name)
def test_the_code_behind_an_event_can_refuse_it_for_its_rules(spec: EventSpec) -> None:
    service = spec.consumers[0]
    events = (spec.name, JUDGED_ELSEWHERE.get(spec.name, spec.name))
    handlers = (TABLES[service].by_event[BY_NAME[name].model] for name in events)
    names = set().union(*(deciding_modules(handler.decide) for handler in handlers))
    written = {rule for module in with_imports(names) for rule in refusing_rules(module)}

    registered = set(spec.refusals)
    assert registered <= written | OF_THE_DECISION.get(service, set())


def test_each_queue_is_bound_to_what_its_service_handles() -> None:
    bound = {queue.name: set(queue.keys) for queue in queues(Settings())}

    for service in SERVICES:
        keys = {f"{handler.event.__name__}.v1.*" for handler in TABLES[service].handlers}
        assert bound[f"clas.{service}"] == keys
        assert bound[f"clas.{service}.dead-letters"] == set()
    assert bound[LOG] == {f"{name}.v1.*" for name in BY_NAME}
