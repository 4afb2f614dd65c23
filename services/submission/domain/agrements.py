"""The school years that agrements cover: later dossiers may not ask for them [REC-11]."""

from collections.abc import Iterable

from services.submission.domain.states import Agrement, AgrementEnd
from shared.contracts.eligibility import AgrementAmended, AgrementContent
from shared.kernel.decision import SILENT, Decision, Known, Message, Ref


def reads(message: Message[AgrementContent], _known: Known) -> Iterable[Ref[Agrement]]:
    """Name the agrement of this dossier."""
    yield Ref(Agrement, message.data.dossier_id)


def remember(
    message: Message[AgrementContent],
    known: Known,
    _parameters: None,
) -> Decision:
    """Remember the school years of an agrement, granted or imported; a dossier has one."""
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


def reads_amended(message: Message[AgrementAmended], _known: Known) -> Iterable[Ref[AgrementEnd]]:
    """Name the end of this dossier's agrement."""
    yield Ref(AgrementEnd, message.data.dossier_id)


def amend(
    message: Message[AgrementAmended],
    known: Known,
    _parameters: None,
) -> Decision:
    """Remember from when on an agrement is withdrawn; the earliest school year counts.

    One that is only reduced still covers all its school years.
    """
    amended = message.data
    if amended.effect == "reduced":
        return SILENT
    first, end = amended.from_school_year, known.get(AgrementEnd, amended.dossier_id)
    if end and end.withdrawn_from <= first:
        return SILENT
    return Decision(states=(AgrementEnd(dossier_id=amended.dossier_id, withdrawn_from=first),))
