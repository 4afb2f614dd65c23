"""Handler of conventions: the earliest date of signature counts, even before the grant."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.states import Convention, Dossier, convention_key
from shared.contracts.caf import ConventionSigned
from shared.contracts.common import Reason, RequestRefused
from shared.contracts.funding import ConventionRegistered
from shared.kernel.decision import Decision, Message, StateRef, States


def required_states(message: Message[ConventionSigned], states: States) -> Iterable[StateRef[Any]]:  # noqa: ARG001
    """Yield the dossier and its convention with this Caf."""
    signed = message.data
    yield StateRef(Dossier, signed.dossier_id)
    yield StateRef(Convention, convention_key(signed.dossier_id, signed.caf))


def sign(
    message: Message[ConventionSigned],
    states: States,
    parameters: object,  # noqa: ARG001
) -> Decision:
    """Answer `ConventionRegistered` each time, or refuse a Caf that is not the dossier's [TEC-03].

    Before the grant the Caf of the dossier is unknown: the convention is recorded for the Caf
    that sent it, and never counts for another.
    """
    signed = message.data
    dossier = states.get(Dossier, signed.dossier_id)
    if dossier is not None and dossier.caf != signed.caf:
        return Decision(events=(_refused(message, dossier),))
    before = states.get(Convention, convention_key(signed.dossier_id, signed.caf))
    earliest = min(signed.signed_on, before.signed_on) if before else signed.signed_on
    convention = Convention(dossier_id=signed.dossier_id, caf=signed.caf, signed_on=earliest)
    answer = ConventionRegistered(caf=signed.caf, dossier_id=signed.dossier_id)
    return Decision(states=(convention,), events=(answer,))


def _refused(message: Message[ConventionSigned], dossier: Dossier) -> RequestRefused:
    sentence = (
        f"Le dossier {dossier.key} relève de la Caf {dossier.caf} : "
        f"la convention de la Caf {message.data.caf} ne peut pas y être rattachée."
    )
    return RequestRefused(
        event_id=message.id,
        event_type=message.type,
        caf=message.data.caf,
        reasons=(Reason(rule="TEC-03", message=sentence),),
    )
