"""What an accounting system has still to book, and since when."""

from datetime import date
from decimal import Decimal

import pytest

from services.accounting.acknowledgements import (
    LISTED,
    SHORT,
    AcknowledgementCounts,
    SentEntry,
    shortened,
)
from services.accounting.domain.acknowledgements import EntryAcknowledgement
from services.accounting.domain.entries import Entry
from shared.contracts.base import WireModel
from tests.support.decide import Story
from tests.support.life import SYSTEM, entry_acknowledged, entry_rejected
from tests.support.samples import advance_granted, funding_granted
from tests.support.services import ACCOUNTING


def sent(reply: WireModel | None = None) -> SentEntry:
    """Return an advance of 700 euros on 5 November 2025, with the reply of the system."""
    story = Story(ACCOUNTING)
    story.when(funding_granted())
    story.when(advance_granted())
    (entry,) = (state for state in story.states if isinstance(state, Entry))
    if reply:
        story.when(reply.with_changes(entry_id=entry.entry_id))
    return SentEntry(entry, SYSTEM, story.find(EntryAcknowledgement, f"{entry.entry_id}|{SYSTEM}"))


@pytest.mark.parametrize(
    ("reply", "today", "state", "since", "days"),
    [
        (None, date(2025, 12, 5), "sans réponse", date(2025, 11, 5), 30),
        (None, date(2025, 11, 1), "sans réponse", date(2025, 11, 5), 0),
        (entry_rejected(), date(2025, 12, 5), "rejetée", date(2025, 11, 21), 14),
        (entry_acknowledged(), date(2025, 12, 5), "comptabilisée", date(2025, 11, 21), 14),
    ],
)
def test_days_count_from_the_answer_else_from_the_booking(
    reply: WireModel | None, today: date, state: str, since: date, days: int
) -> None:
    row = dict(zip(LISTED, sent(reply).row(today), strict=True))

    assert (row["État"], row["Depuis le"], row["Jours"]) == (state, since, days)
    assert row["Montant"] == Decimal("700.00")


def test_a_terminal_gets_the_columns_that_matter() -> None:
    row = sent(entry_rejected()).row(date(2025, 12, 5))

    assert dict(zip(SHORT, shortened(row), strict=True)) == {
        "Écriture": row[0],
        "Système": "compta-761",
        "Date": date(2025, 11, 5),
        "Nature": "acompte",
        "Montant": Decimal("700.00"),
        "État": "rejetée",
        "Jours": 14,
        "Motif": "COMPTE, ligne 2 : Compte T 467 inconnu au plan",
    }


def test_each_state_is_counted_and_summed_by_itself() -> None:
    counts = AcknowledgementCounts()
    for reply in (None, None, entry_rejected(), entry_acknowledged()):
        counts.add(sent(reply))

    assert counts.sheet("761").rows == (
        (
            *("compta-761", "2025", 1, Decimal("700.00"), 1, Decimal("700.00")),
            *(2, Decimal("1400.00")),
        ),
    )
    assert (counts.number("rejected"), counts.number("waiting")) == (1, 2)
