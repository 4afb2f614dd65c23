"""How much remains of the running closings, for the metrics."""

from services.accounting.domain.closing import Closing
from services.accounting.domain.closing_process import entries_page, grants_page
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from shared.kernel.decision import Gauge, Query

RUNNING_MAX = 200
RUNNING = Query(model=Closing, where=(("step", ("grants", "entries")),), limit=RUNNING_MAX)
"""The closings that run: at most one of each Caf."""
LABELS = ("caf", "exercise")


def grants_left(closing: Closing) -> Query[Grant] | None:
    """Return the grants that are not passed yet."""
    return grants_page(closing) if closing.step == "grants" else None


def entries_left(closing: Closing) -> Query[Entry]:
    """Return the entries that have no number yet: all of them while grants are passed."""
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
