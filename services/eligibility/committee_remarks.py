"""What a decision of the committee leaves out of the dossier, for its history in French."""

from services.eligibility.domain.states import Dossier
from shared.contracts.caf import CommitteeDecided
from shared.contracts.sentences.agrements import BonusRequests
from shared.counterfactual.decision import StoredDecision


def collectifs_not_granted(decision: StoredDecision) -> tuple[str, ...]:
    """Return the ids of the dossier's collectifs that the committee does not grant."""
    decided, dossier = decision.event.data, decision.first_state(Dossier)
    if dossier is None or not isinstance(decided, CommitteeDecided):
        return ()
    planned = (collectif.collectif_id for collectif in dossier.collectifs)
    return tuple(planned_id for planned_id in planned if planned_id not in decided.collectifs)


def members_not_in_the_call(decision: StoredDecision) -> tuple[str, ...]:
    """Return the members present whom the call does not name; none where it names nobody."""
    decided, dossier = decision.event.data, decision.first_state(Dossier)
    if dossier is None or not dossier.committee or not isinstance(decided, CommitteeDecided):
        return ()
    return tuple(
        member for member in decided.members_present if member and member not in dossier.committee
    )


def bonuses_requested(decision: StoredDecision) -> BonusRequests:
    """Return the bonuses that the dossier of a decision of the committee validly requests."""
    dossier = decision.first_state(Dossier)
    return {each.collectif_id: each.bonuses for each in dossier.collectifs} if dossier else {}
