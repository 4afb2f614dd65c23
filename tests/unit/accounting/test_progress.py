"""What the metrics show of a closing, page after page: grants and entries that are left."""

from typing import Any

from services.accounting.domain.closing import Closing
from services.accounting.domain.metrics import GAUGES, RUNNING
from shared.kernel.decision import Query
from tests.support.samples import exercise_closed, funding_granted
from tests.unit.accounting.ledger import Ledger


def left(ledger: Ledger) -> list[int]:
    """Return grants and entries left, as the pages that the gauges name would hold them."""
    closing = ledger.get(Closing, "761|2025")
    pages = [gauge.remaining(closing) for gauge in GAUGES]
    return [0 if page is None else behind(ledger, page) for page in pages]


def behind(ledger: Ledger, page: Query[Any]) -> int:
    """Count the states of a page and all behind it."""
    where = dict(page.where)
    count = 0
    for state in ledger.states:
        document = state.model_dump()
        place = (*(document.get(name) for name in page.order), state.key)
        if isinstance(state, page.model) and (not page.after or place > page.after):
            count += all(document[name] in _allowed(value) for name, value in where.items())
    return count


def _allowed(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def test_grants_are_passed_then_entries_numbered_until_none_is_left() -> None:
    """Three grants, two a page, two entries each; four entries a page."""
    ledger = Ledger(grants_per_page=2, entries_per_page=4)
    for rank in (1, 2, 3):
        ledger.handle(funding_granted(dossier_id=f"D-{rank}"))
    ledger.handle(exercise_closed())
    values = []
    while behind(ledger, RUNNING):
        values.append(left(ledger))
        ledger.next_page()

    assert values == [[3, 0], [1, 4], [0, 6], [0, 2]]
    assert ledger.get(Closing, "761|2025").step == "done"
