"""Handler of reopened dossiers: a received dossier takes a next revision."""

from collections.abc import Iterable

from services.submission.domain.states import Dossier
from shared.contracts.eligibility import DossierReopened
from shared.contracts.submission import ComplementsRequested
from shared.kernel.decision import NO_CHANGE, Decision, Finding, Message, StateRef, States
from shared.kernel.requests import refuse_request
from shared.kernel.rules import breach


def required_states(
    message: Message[DossierReopened], _states: States
) -> Iterable[StateRef[Dossier]]:
    """Yield the dossier."""
    yield StateRef(Dossier, message.data.dossier_id)


def reopen(message: Message[DossierReopened], states: States, _parameters: None) -> Decision:
    """Ask for the complements; a dossier that was withdrawn meanwhile stays closed [RET-04]."""
    reopened, dossier = message.data, states.get(Dossier, message.data.dossier_id)
    if dossier and dossier.status == "withdrawn":
        return refuse_request(message, states, (_withdrawn(dossier),))
    if dossier is None or dossier.status != "received":
        return NO_CHANGE
    event = ComplementsRequested(
        caf=dossier.caf,
        dossier_id=dossier.dossier_id,
        revision=dossier.highest,
        grounds=reopened.grounds,
        due_on=reopened.due_on,
    )
    return Decision(
        states=(dossier.with_changes(status="complements_requested", reopened=True),),
        events=(event,),
        findings=tuple(
            Finding(ground.rule, "review", ground.message) for ground in reopened.grounds
        ),
    )


def _withdrawn(dossier: Dossier) -> Finding:
    """RET-04: the gestionnaire has not withdrawn the dossier."""
    return breach(
        "RET-04",
        f"Le dossier {dossier.dossier_id} a été retiré par son gestionnaire :"
        " il ne se complète plus.",
    )
