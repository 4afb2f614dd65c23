"""Handler of amendments: each open school year affected is priced again, or ends."""

from collections.abc import Iterable, Iterator
from typing import Any

from services.funding.domain.admission import envelopes_of
from services.funding.domain.agrement_amendments import AmendedGrant, amend_grant
from services.funding.domain.envelopes import Envelopes, continue_release
from services.funding.domain.grants import dossier_of
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.states import Dossier, Grant, PublishedBareme, grant_key
from shared.contracts.eligibility import AgrementAmended
from shared.kernel.calendar import start_year
from shared.kernel.decision import NO_CHANGE, Decision, Message, StateRef, States


def required_states(message: Message[AgrementAmended], states: States) -> Iterable[StateRef[Any]]:
    """Yield the dossier and its Caf's envelopes, then the grants affected and their baremes."""
    amendment = message.data
    yield StateRef(Dossier, amendment.dossier_id)
    yield StateRef(Envelopes, amendment.caf)
    for year in _affected_years(states.get_if_loaded(Dossier, amendment.dossier_id), amendment):
        yield StateRef(Grant, grant_key(amendment.dossier_id, year))
        yield StateRef(PublishedBareme, str(start_year(year)))


def amend(
    message: Message[AgrementAmended], states: States, parameters: FundingParameters
) -> Decision:
    """Answer `FundingAmended`, `FundingCancelled` or `FundingRefused` for each open school year.

    A settled or cancelled year does not change, nor does one that loses nothing. The dossier
    records the amendment for later years, and for an agrement not handled yet; a duplicate
    changes nothing.
    """
    amendment = message.data
    dossier = dossier_of(amendment, states)
    if amendment.amendment_id in {earlier.amendment_id for earlier in dossier.amendments}:
        return NO_CHANGE
    before = after = envelopes_of(amendment.caf, states)
    outcomes: list[AmendedGrant] = []
    for grant in _open_grants(dossier, amendment, states):
        outcomes.append(amend_grant(grant, after, amendment, states, parameters))
        after = outcomes[-1].envelopes
    changed_dossier = dossier.with_changes(amendments=(*dossier.amendments, amendment))
    changed_envelopes = (after,) if after != before else ()
    return Decision(
        states=(changed_dossier, *(outcome.grant for outcome in outcomes), *changed_envelopes),
        events=(
            *(event for outcome in outcomes for event in outcome.events),
            *continue_release(before, after),
        ),
        findings=tuple(step for outcome in outcomes for step in outcome.findings),
    )


def _affected_years(dossier: Dossier | None, amendment: AgrementAmended) -> tuple[str, ...]:
    years = dossier.school_years if dossier else ()
    return tuple(year for year in years if year >= amendment.from_school_year)


def _open_grants(dossier: Dossier, amendment: AgrementAmended, states: States) -> Iterator[Grant]:
    for year in _affected_years(dossier, amendment):
        grant = states.get(Grant, grant_key(dossier.dossier_id, year))
        assert grant is not None, "a dossier names its grants"
        if grant.status in {"granted", "deferred"} and grant.settlement is None:
            yield grant
