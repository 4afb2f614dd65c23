"""The metrics of submission: the dossiers that wait, and how long."""

from datetime import datetime, time
from typing import get_args

from services.submission.domain.states import Dossier
from shared.contracts.types import Awaited
from shared.french import PARIS
from shared.kernel.decision import Query
from shared.kernel.service import Wait


def _since(dossier: Dossier) -> datetime:
    """Return when a held dossier began to wait; of release 0.3.0, its day of deposit, in Paris."""
    assert dossier.held, "the query selects held dossiers"
    if dossier.held.since:
        return dossier.held.since
    assert dossier.deposited_on, "release 0.3.0 held dossiers that were filed in the window"
    return datetime.combine(dossier.deposited_on, time.min, PARIS)


WAITS = tuple(
    Wait(
        name="clas_dossiers_waiting",
        description="Dossiers that wait for the campaign of their Caf, or for an interim report",
        awaited=awaited,
        waiting=Query(
            Dossier, where=(("held.waits_for", awaited),), order=("held.since",), limit=1
        ),
        since=_since,
    )
    for awaited in get_args(Awaited)
)
