"""A right is cancelled: nothing is due any more, so that what was advanced is to be recovered."""

from dataclasses import dataclass
from datetime import date

from services.funding.domain.explanations import indu_steps
from services.funding.domain.settled import Cancellation, Due
from services.funding.domain.settling import indus, results
from services.funding.domain.states import Grant
from shared.contracts.funding import FundingCancelled
from shared.french import euros
from shared.kernel.decision import OutgoingEvent, StateRef
from shared.kernel.money import ZERO
from shared.kernel.rules import Step, computed

NOTHING = Due(part_n=ZERO, part_n1=ZERO, bonus_enfants=ZERO, bonus_parents=ZERO)


@dataclass(frozen=True, slots=True)
class CancellationGround:
    """Why a right is cancelled, since when; `content` is the fingerprint of what cancels it."""

    content: str
    cancelled_on: date
    legal_ground: str
    motive: str


def cancel_grant(
    grant: Grant, ground: CancellationGround
) -> tuple[Grant, OutgoingEvent, tuple[Step, ...]]:
    """Return the grant once cancelled, what is said of it, and how its indus come about.

    It is a balance in which nothing ran [SOL-02]: it moves the envelope no more than a balance.
    """
    event = FundingCancelled(
        caf=grant.agrement.caf,
        dossier_id=grant.agrement.dossier_id,
        school_year=grant.agrement.school_year,
        cancelled_on=ground.cancelled_on,
        gestionnaire=grant.agrement.gestionnaire,
        advances_n=grant.advances_n,
        advances_n1=grant.advances_n1,
        indus=indus(grant.start_year, results(grant, NOTHING)),
        legal_ground=ground.legal_ground,
        motive=ground.motive,
    )
    cancellation = Cancellation(content=ground.content, cancelled_on=ground.cancelled_on)
    state = grant.with_changes(status="cancelled", waits_for=None, cancellation=cancellation)
    return (
        state,
        OutgoingEvent(event, about=StateRef(Grant, grant.key)),
        (_step(event), *indu_steps(event.indus)),
    )


def _step(event: FundingCancelled) -> Step:
    return computed(
        "SOL-02",
        f"{event.school_year} : plus rien n'est dû, acomptes de {euros(event.advances_n)} et "
        f"{euros(event.advances_n1)} à récupérer.",
        advances_n=event.advances_n,
        advances_n1=event.advances_n1,
    )
