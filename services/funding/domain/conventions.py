"""Handler of conventions: the earliest date of signature counts, even before the grant."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.funding.domain.remarks import early_convention
from services.funding.domain.states import Convention, Dossier, Grant, convention_key
from shared.contracts.caf import ConventionSigned
from shared.contracts.common import Reason
from shared.contracts.funding import ConventionRegistered
from shared.kernel.decision import Decision, Finding, Message, StateRef, States
from shared.kernel.requests import Owner, Request


def required_states(message: Message[ConventionSigned], states: States) -> Iterable[StateRef[Any]]:
    """Yield the dossier, its convention with this Caf, and its grants."""
    signed = message.data
    yield StateRef(Dossier, signed.dossier_id)
    yield StateRef(Convention, convention_key(signed.dossier_id, signed.caf))
    if dossier := states.get_if_loaded(Dossier, signed.dossier_id):
        yield from (StateRef(Grant, key) for key in dossier.grant_keys)


@dataclass(frozen=True, slots=True)
class ConventionContext:
    """A convention, its dossier if known, the one recorded before, and the grants that wait."""

    signed: ConventionSigned
    dossier: Dossier | None
    before: Convention | None
    deferred: tuple[Grant, ...]


def _context(
    message: Message[ConventionSigned],
    states: States,
    parameters: object,  # noqa: ARG001
) -> ConventionContext:
    signed = message.data
    dossier = states.get(Dossier, signed.dossier_id)
    grants = (states.get(Grant, key) for key in (dossier.grant_keys if dossier else ()))
    return ConventionContext(
        signed,
        dossier,
        states.get(Convention, convention_key(signed.dossier_id, signed.caf)),
        tuple(grant for grant in grants if grant and grant.status == "deferred"),
    )


def _sign(context: ConventionContext, findings: tuple[Finding, ...]) -> Decision:
    signed, before = context.signed, context.before
    earliest = min(signed.signed_on, before.signed_on) if before else signed.signed_on
    convention = Convention(dossier_id=signed.dossier_id, caf=signed.caf, signed_on=earliest)
    remarks = _remarks(context)
    answer = ConventionRegistered(caf=signed.caf, dossier_id=signed.dossier_id, remarks=remarks)
    waiting = (grant.with_changes(convention_signed_on=earliest) for grant in context.deferred)
    return Decision(
        states=(convention, *waiting),
        events=(answer,),
        findings=(
            *findings,
            *(Finding(remark.rule, "review", remark.message) for remark in remarks),
        ),
    )


def _remarks(context: ConventionContext) -> tuple[Reason, ...]:
    agrement = context.dossier.agrement if context.dossier else None
    return early_convention(context.signed.signed_on, agrement.decided_on) if agrement else ()


def _owner(context: ConventionContext) -> str:
    """Return the Caf of the dossier; before the grant it is unknown, and any Caf may sign."""
    return context.dossier.caf if context.dossier else context.signed.caf


def _other_caf(context: ConventionContext) -> str:
    signed = context.signed
    return (
        f"Le dossier {signed.dossier_id} relève de la Caf {_owner(context)} : "
        f"la convention de la Caf {signed.caf} ne peut pas y être rattachée."
    )


CONVENTION = Request(
    context=_context,
    rules=(Owner(caf=_owner, sentence=_other_caf),),
    accept=_sign,
)
"""Answers `ConventionRegistered` each time, or refuses a Caf that is not the dossier's [TEC-03].

A convention that comes before the grant is recorded for the Caf that sent it, and never counts for
another.
"""
