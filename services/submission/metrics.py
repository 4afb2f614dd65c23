"""The metrics of submission: the dossiers that wait, and how long."""

from datetime import UTC, datetime
from typing import get_args

from services.submission.domain.states import Awaited, Dossier
from shared.kernel.decision import Query
from shared.kernel.service import Wait


def _since(dossier: Dossier) -> datetime:
    since = dossier.held.since if dossier.held else None
    return since or datetime.fromtimestamp(0, UTC)


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
