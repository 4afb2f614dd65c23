"""Gauges of the running closings."""

from services.accounting.domain.closing import Closing
from services.accounting.domain.closing_process import entries_page, grants_page
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from shared.kernel.decision import Query
from shared.kernel.service import Gauge

RUNNING_MAX = 200
RUNNING = Query(model=Closing, where=(("step", ("grants", "entries")),), limit=RUNNING_MAX)
"""The running closings: at most one per Caf."""
LABELS = ("caf", "exercise")


def grants_left(closing: Closing) -> Query[Grant] | None:
    """Return the query of the grants without their closing entries, None after that step."""
    return grants_page(closing) if closing.step == "grants" else None


def entries_left(closing: Closing) -> Query[Entry]:
    """Return the query of the entries without a number: all of them during the grants step."""
    return entries_page(closing if closing.step == "entries" else closing.with_changes(after=""))


GAUGES = (
    Gauge(
        name="clas_closing_grants_left",
        description="Grants that a running closing has not passed yet",
        running=RUNNING,
        labels=LABELS,
        remaining=grants_left,
    ),
    Gauge(
        name="clas_closing_entries_left",
        description="Entries of a running closing that have no number yet",
        running=RUNNING,
        labels=LABELS,
        remaining=entries_left,
    ),
)
