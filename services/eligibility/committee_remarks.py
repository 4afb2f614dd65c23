"""What a decision of the committee leaves out of the dossier, for its history in French."""

from collections.abc import Iterator, Mapping

from services.eligibility.domain.states import Dossier
from shared.contracts.caf import CommitteeDecided
from shared.contracts.eligibility import AgrementGranted
from shared.contracts.labels import BONUS_KINDS
from shared.contracts.types import BonusKind
from shared.counterfactual.decision import StoredDecision
from shared.french import listed

Requests = Mapping[str, tuple[BonusKind, ...]]
"""By collectif, the bonuses requested with a specific project."""


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


def bonuses_requested(decision: StoredDecision) -> Requests:
    """Return the bonuses that the dossier of a decision of the committee validly requests."""
    dossier = decision.first_state(Dossier)
    return {each.collectif_id: each.bonuses for each in dossier.collectifs} if dossier else {}


def bonus_not_granted_texts(granted: AgrementGranted, requests: Requests) -> Iterator[str]:
    """Yield a sentence per kind of bonus that the committee does not grant, with its collectifs."""
    for kind, label in BONUS_KINDS.items():
        refused = [
            each.collectif_id
            for each in granted.collectifs
            if kind in requests.get(each.collectif_id, ()) and kind not in each.bonuses
        ]
        if refused:
            yield (
                f"{label.capitalize()} demandé pour {listed(refused)}, non accordé par le comité"
                " [BON-06]."
            )
