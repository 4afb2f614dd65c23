"""Check of the hash chain of a closed exercise that is exported."""

from services.accounting.exercise import Exercise
from services.accounting.exports.formats.base import ExportHeader
from shared.exports.error_list import UnrepresentableContentError

REMEDY = "`clas check` dit ce qui a changé ; rétablir les écritures depuis une sauvegarde."


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
