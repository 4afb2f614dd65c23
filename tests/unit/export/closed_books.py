"""Closed exercises to export: the head of a batch and its entries in the order of their numbers."""

from collections.abc import Iterable

from services.accounting.domain.closing import Closing, closing_key
from services.accounting.domain.entries import Entry
from services.accounting.exports.formats.base import ExportHeader
from services.accounting.service import SERVICE
from shared.contracts.base import WireModel
from shared.kernel.decision import State
from tests.support.samples import (
    CAF,
    OTHER_SIRET,
    SIRET,
    advance_granted,
    funding_granted,
)
from tests.support.settled import balance_settled
from tests.unit.accounting.ledger import Ledger

NAMES = {SIRET: "Les Amis de l'école", OTHER_SIRET: "Commune d'Elbeuf"}


def accounts() -> dict[tuple[str, str], str]:
    """Return the names of the accounts of 2025."""
    chart = SERVICE.parameters.chart_of("2025-2026")
    every = (getattr(chart, use) for use in type(chart).model_fields)
    return {(each.ledger, each.account): each.label for each in every}


def head_of(states: Iterable[State], exercise: int, caf: str = CAF) -> ExportHeader:
    """Return the head of the first batch of an exercise, closed or not."""
    key = closing_key(caf, exercise)
    closing = next((s for s in states if isinstance(s, Closing) and s.key == key), None)
    return ExportHeader(
        caf=caf,
        exercise=exercise,
        number=1,
        closing=closing,
        gestionnaires=NAMES,
        accounts=accounts(),
    )


def entries_of(states: Iterable[State], exercise: int, caf: str = CAF) -> list[Entry]:
    """Return the entries of an exercise in the order of their numbering."""
    every = [s for s in states if isinstance(s, Entry) and (s.caf, s.exercise) == (caf, exercise)]
    return sorted(every, key=lambda entry: (entry.place, entry.entry_id))


def lived(*events: WireModel | int) -> Ledger:
    """Return the books after these events; a number is the closing of an exercise."""
    ledger = Ledger()
    for rank, event in enumerate(events, 1):
        if isinstance(event, int):
            ledger.close(event)
        else:
            ledger.handle(event, f"cause-{rank}")
    return ledger


def worked_example() -> Ledger:
    """Return the books of one collectif at the ceiling, 2025 and 2026 closed."""
    return lived(
        funding_granted(),
        advance_granted(amount="772.31", ordered_on="2025-11-20"),
        2025,
        advance_granted(order_id="B1", exercise=2026, amount="1158.46", ordered_on="2026-03-10"),
        balance_settled(),
        2026,
    )
