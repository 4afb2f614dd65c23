"""An agrement was granted: later dossiers may not ask for the same school years [REC-11]."""

from collections.abc import Iterable

from services.submission.domain.states import Agrement
from shared.contracts.eligibility import AgrementGranted
from shared.kernel.decision import SILENT, Decision, Known, Message, Ref


def reads(message: Message[AgrementGranted], _known: Known) -> Iterable[Ref[Agrement]]:
    """Name the agrement of this dossier."""
    yield Ref(Agrement, message.data.dossier_id)


def remember(
    message: Message[AgrementGranted],
    known: Known,
    _parameters: None,
) -> Decision:
    """Remember the school years of an agrement; a dossier is granted once."""
    granted = message.data
    if known.get(Agrement, granted.dossier_id):
        return SILENT
    agrement = Agrement(
        dossier_id=granted.dossier_id,
        caf=granted.caf,
        siret=granted.gestionnaire.siret,
        first=granted.school_year,
        last=granted.multi_year_until,
    )
    return Decision(states=(agrement,))
