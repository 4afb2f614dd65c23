"""Handlers of assessments: the price of a dossier before the committee decides, reserving nothing.

A forecast is published whatever the verdict. There is none once the committee granted or refused
the agrement, or the dossier was withdrawn. It waits while the bareme of its year is unknown
[PRX-07].
"""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.admission import envelopes_of, terms_for
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.explanations import price_findings
from services.funding.domain.granting import advance_ceilings, bareme_of, charges
from services.funding.domain.grants import dossier_of
from services.funding.domain.parameters import FundingParameters, Terms
from services.funding.domain.pricing import price
from services.funding.domain.remarks import (
    balance_remark,
    cap_remark,
    envelope_remarks,
)
from services.funding.domain.states import Dossier, ForecastInputs, PublishedBareme
from shared.contracts.eligibility import (
    AgrementRefused,
    CollectifAssessment,
    EligibilityAssessed,
    GrantedCollectif,
)
from shared.contracts.forecasts import ForecastEnvelope, ForecastReleaseContinued, FundingForecast
from shared.contracts.funding import EnvelopeCharge
from shared.contracts.submission import DossierWithdrawn
from shared.kernel.calendar import start_year
from shared.kernel.decision import (
    NO_CHANGE,
    Decision,
    Finding,
    Message,
    OutgoingEvent,
    Query,
    StateRef,
    States,
)
from shared.kernel.money import total

PAGE_LENGTH = 50


def required_states(
    message: Message[EligibilityAssessed],
    states: States,  # noqa: ARG001
) -> Iterable[StateRef[Any]]:
    """Yield the dossier and its forecast, the bareme of its year and the envelopes of its Caf."""
    assessed = message.data
    yield StateRef(ForecastInputs, assessed.dossier_id)
    yield StateRef(Dossier, assessed.dossier_id)
    yield StateRef(PublishedBareme, str(start_year(assessed.school_year)))
    yield StateRef(Envelopes, assessed.caf)


def forecast(
    message: Message[EligibilityAssessed], states: States, parameters: FundingParameters
) -> Decision:
    """Answer `FundingForecast`, at once or when the bareme is published.

    Assessments of release 0.3.0 do not carry what is priced: they have no forecast.
    """
    inputs = _inputs(message)
    if inputs is None or _is_over(inputs.dossier_id, states):
        return NO_CHANGE
    if (terms := terms_for(inputs.start_year, states, parameters)) is None:
        return Decision(states=(inputs,))
    event, findings = _priced(inputs, states, terms, parameters)
    return Decision(
        states=(inputs.with_changes(waits_for=None),), events=(event,), findings=findings
    )


def required_states_of_release(
    message: Message[ForecastReleaseContinued], states: States
) -> Iterable[StateRef[Any] | Query[Any]]:
    """Yield the bareme and the next forecasts, then their dossiers and envelopes."""
    page = _page(message.data)
    yield StateRef(PublishedBareme, str(message.data.start_year))
    yield page
    for inputs in states.page_if_loaded(page) or ():
        yield StateRef(Dossier, inputs.dossier_id)
        yield StateRef(Envelopes, inputs.caf)


def release(
    message: Message[ForecastReleaseContinued], states: States, parameters: FundingParameters
) -> Decision:
    """Publish one page of the forecasts that waited; a full page requests the next one."""
    year = message.data.start_year
    terms = terms_for(year, states, parameters)
    page = states.page(_page(message.data))
    if terms is None or not page:
        return NO_CHANGE
    priced = [
        (inputs, *_priced(inputs, states, terms, parameters))
        for inputs in page
        if not _is_over(inputs.dossier_id, states)
    ]
    following = ForecastReleaseContinued(start_year=year, after=page[-1].dossier_id)
    return Decision(
        states=tuple(inputs.with_changes(waits_for=None) for inputs in page),
        events=(
            *(_answer(inputs, event) for inputs, event, _ in priced),
            *((following,) if len(page) == PAGE_LENGTH else ()),
        ),
        findings=tuple(step for *_, findings in priced for step in findings),
    )


def _answer(inputs: ForecastInputs, event: FundingForecast) -> OutgoingEvent:
    return OutgoingEvent(event, origin=inputs.origin, about=StateRef(ForecastInputs, inputs.key))


def _page(progress: ForecastReleaseContinued) -> Query[ForecastInputs]:
    after = progress.after
    return Query(
        ForecastInputs,
        where=(("waits_for", "bareme"), ("start_year", progress.start_year)),
        order=("dossier_id",),
        limit=PAGE_LENGTH,
        after=(after, after) if after else (),
    )


def required_states_of_end(
    message: Message[AgrementRefused] | Message[DossierWithdrawn],
    states: States,  # noqa: ARG001
) -> Iterable[StateRef[Any]]:
    """Yield the dossier."""
    yield StateRef(Dossier, message.data.dossier_id)


def end(
    message: Message[AgrementRefused] | Message[DossierWithdrawn],
    states: States,
    parameters: object,  # noqa: ARG001
) -> Decision:
    """Record that a dossier will have no agrement: whatever waits of it is not published."""
    return Decision(states=(dossier_of(message.data, states).with_changes(closed=True),))


def _is_over(dossier_id: str, states: States) -> bool:
    dossier = states.get(Dossier, dossier_id)
    return dossier is not None and (dossier.closed or dossier.agrement is not None)


def _inputs(message: Message[EligibilityAssessed]) -> ForecastInputs | None:
    """Return what is to be priced, None where the assessment does not carry it."""
    assessed = message.data
    if assessed.budget is None:
        return None
    return ForecastInputs(
        dossier_id=assessed.dossier_id,
        caf=assessed.caf,
        school_year=assessed.school_year,
        start_year=start_year(assessed.school_year),
        waits_for="bareme",
        verdict=assessed.verdict,
        collectifs=tuple(
            _as_granted(collectif)
            for collectif in assessed.collectifs
            if collectif.verdict != "ineligible"
        ),
        budget=assessed.budget,
        origin=message.origin,
    )


def _as_granted(assessed: CollectifAssessment) -> GrantedCollectif:
    assert assessed.children, "it comes with the budget"
    assert assessed.forecast_cost is not None, "it comes with the budget"
    return GrantedCollectif(
        collectif_id=assessed.collectif_id,
        children=assessed.children,
        forecast_cost=assessed.forecast_cost,
        bonuses=assessed.bonuses_requested,
        derogations=(),
    )


def _priced(
    inputs: ForecastInputs, states: States, terms: Terms, parameters: FundingParameters
) -> tuple[FundingForecast, tuple[Finding, ...]]:
    """Return the forecast, and the findings of its computation."""
    due = price(inputs.collectifs, inputs.budget, terms)
    ceiling_n, ceiling_n1 = advance_ceilings(due, terms)
    of_caf = envelopes_of(inputs.caf, states)
    envelopes = tuple(_envelope(of_caf, charge) for charge in charges(due, terms))
    gap = parameters.budget_gap.in_force_on(inputs.start_year)
    event = FundingForecast(
        caf=inputs.caf,
        dossier_id=inputs.dossier_id,
        school_year=inputs.school_year,
        verdict=inputs.verdict,
        collectifs=due.collectifs,
        ps_total=due.ps_total,
        bonus_total=due.bonus_total,
        part_n=due.part_n,
        part_n1=due.part_n1,
        advance_ceiling_n=ceiling_n,
        advance_ceiling_n1=ceiling_n1,
        cap80=due.cap80,
        bareme=bareme_of(terms),
        envelopes=envelopes,
        remarks=(
            *cap_remark(due, terms),
            *balance_remark(due, inputs.budget, gap),
            *envelope_remarks(envelopes),
        ),
    )
    return event, price_findings(due, terms)


def _envelope(envelopes: Envelopes, charge: EnvelopeCharge) -> ForecastEnvelope:
    line = envelopes.line(charge.exercise)
    waiting = total(envelopes.waiting_on(charge.exercise))
    return ForecastEnvelope(
        exercise=charge.exercise,
        amount=charge.amount,
        allotted=line.allotment.amount if line.allotment else None,
        granted=line.granted,
        waiting=waiting,
        left=None if line.left is None else line.left - waiting - charge.amount,
    )
