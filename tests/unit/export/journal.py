"""Entries of a journal to export, and the head of their batch."""

from collections.abc import Mapping
from typing import Any

from services.accounting.domain.chain import seed
from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from services.accounting.exports.formats.base import ExportHeader
from shared.contracts.accounting import AccountingEntryPosted
from tests.support import samples

DEBIT = {"ledger": "SF", "account": "6562322410", "debit": "772.31", "credit": "0.00"}
CREDIT = {"ledger": "T", "account": "467", "debit": "0.00", "credit": "772.31"}
LINES = (
    {**DEBIT, "origin_exercise": 2025, "statistical_code": "81512214"},
    {**CREDIT, "origin_exercise": None, "statistical_code": None},
)
ACCOUNTS = {("SF", "6562322410"): "Prestation de service Clas", ("T", "467"): "Tiers"}


def entry(sequence: int | None = 1, **changes: Any) -> Entry:
    """Return the entry of an advance of 772,31 € in November 2025."""
    posted = AccountingEntryPosted.model_validate(
        {
            "entry_id": f"e{sequence}",
            "caf": "011",
            "exercise": 2025,
            "period": 11,
            "booked_on": "2025-11-20",
            "kind": "advance",
            "label": "Acompte Clas 2025-2026 – Les Amis de l'école",
            "dossier_id": samples.DOSSIER,
            "school_year": "2025-2026",
            "siret": samples.SIRET,
            "lines": LINES,
            "cause": {"id": "a1", "type": "fr.caf.clas.AdvanceGranted.v1"},
        }
        | changes,
        strict=False,
    )
    return as_entry(posted, sequence)


def as_entry(posted: AccountingEntryPosted, sequence: int | None = None) -> Entry:
    """Return a posted entry as stored."""
    return Entry(
        entry_id=posted.entry_id,
        caf=posted.caf,
        exercise=posted.exercise,
        place=f"{posted.period:02}|{posted.booked_on.isoformat()}",
        posted=posted,
        sequence=sequence,
    )


def head(closing: Closing | None = None, names: Mapping[str, str] | None = None) -> ExportHeader:
    """Return the head of the third batch of 2025, by default of an exercise that is open."""
    first = {samples.SIRET: "Les Amis de l'école"} if names is None else names
    return ExportHeader(
        caf="011",
        exercise=2025,
        number=3,
        closing=closing,
        gestionnaires=first,
        accounts=ACCOUNTS,
    )


def closed(entries: int = 1) -> Closing:
    """Return the closing of 2025, done; its head is that of an empty exercise."""
    return Closing.model_validate(
        {
            "caf": "011",
            "exercise": 2025,
            "closed_on": "2026-01-31",
            "grants_per_page": 100,
            "entries_per_page": 100,
            "head_hash": seed("011", 2025),
            "step": "done",
            "sequence": entries,
        },
        strict=False,
    )
