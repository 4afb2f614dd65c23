"""The totals of a batch, as its manifest states them."""

from services.accounting.exercise import Exercise
from services.accounting.exports.formats.base import ExportHeader
from shared.exports.pipeline import Control


def batch_totals(batch: Exercise) -> Control:
    """Return the counts, sums in euros and numbers of the entries of a batch."""
    return {
        "count": batch.count,
        "lines": batch.lines,
        "debit": str(batch.debit),
        "credit": str(batch.credit),
        "first_sequence": batch.first_sequence,
        "last_sequence": batch.last_sequence,
    }


def batch_control(batch: Exercise, head: ExportHeader) -> Control:
    """Return the control of the manifest."""
    return {
        "caf": head.caf,
        "exercise": head.exercise,
        "closed": head.closed,
        **batch_totals(batch),
        "head_hash": head.closing.head_hash if head.closing and head.closed else None,
    }
