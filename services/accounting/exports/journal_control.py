"""What the manifest of a batch states of its entries, and whether a closing validated them."""

from services.accounting.exercise import Exercise
from services.accounting.exports.formats.base import ExportHeader
from shared.exports.error_list import UnrepresentableContentError
from shared.exports.pipeline import Control

REMEDY = "`clas check` dit ce qui a changé ; rétablir les écritures depuis une sauvegarde."


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


def expect_validated(exercise: Exercise, head: ExportHeader) -> None:
    """Check that the entries are exactly those that the closing validated, if it is done.

    Raises:
        UnrepresentableContentError: an entry was changed, added or removed.
    """
    if not head.closing or not head.closed:
        return
    if entry := exercise.broken_at:
        name = f"{entry.entry_id} (dossier {entry.posted.dossier_id}, n° {entry.sequence})"
        message = f"À l’écriture {name}, le livre n’est plus celui que la clôture a validé."
    elif exercise.head_hash != head.closing.head_hash:
        message = "Le livre ne finit pas par l’empreinte que la clôture lui a donnée."
    else:
        return
    raise UnrepresentableContentError([f"{message} {REMEDY}"])
